package dev.panacea.objective;

import dev.panacea.autograd.Recomputation;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.autograd.operations.PairLoss;
import dev.panacea.autograd.operations.SequenceSum;
import dev.panacea.data.tokenized.TokenizedPairs;
import dev.panacea.kernels.preference.PreferenceLoss;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.Projector;
import dev.panacea.transformer.model.RowProjector;
import java.util.List;

/**
 * Direct preference optimisation in every dimension at once (Rafailov et al. 2023; Zhong et al. 2024): all dimensions' labels
 * concern the same pair, so one forward pass of its two responses serves them all.
 */
public final class DpoObjective implements Objective {
    private static final String REFERENCE = "reference log-probabilities";
    private static final String LABELS = "labels";

    private final LlamaModel model;
    private final TokenizedPairs pairs;
    private final ReferenceLogProbs reference;
    private final float beta;

    /** @param reference log-probabilities of the same pairs under the model with its adapter off */
    public DpoObjective(LlamaModel model, TokenizedPairs pairs, ReferenceLogProbs reference, double beta) {
        this.model = model;
        this.pairs = pairs;
        this.reference = reference;
        this.beta = (float) beta;
    }

    @Override
    public DpoObjective on(LlamaModel other) {
        return new DpoObjective(other, pairs, reference, beta);
    }

    @Override
    public DpoObjective onPaper(LlamaModel other) {
        return onPaper(other, pairs, beta);
    }

    /** {@link Objective#onPaper} of pairs. */
    public static DpoObjective onPaper(LlamaModel model, TokenizedPairs pairs, double beta) {
        return new DpoObjective(model, pairs, ReferenceLogProbs.onPaper(pairs), beta);
    }

    public double beta() {
        return beta;
    }

    public double label(int item, int dimension) {
        return pairs.label(item, dimension);
    }

    @Override
    public List<String> dimensions() {
        return pairs.header().dimensions();
    }

    @Override
    public int items() {
        return pairs.size();
    }

    @Override
    public String name(int item) {
        return pairs.id(item);
    }

    @Override
    public int tokens(int item) {
        return PairBatch.rows(pairs, item);
    }

    @Override
    public int askedTokens(int item) {
        return pairs.responseLength(item, 0) + pairs.responseLength(item, 1);
    }

    @Override
    public double weight(int item, int dimension) {
        return pairs.label(item, dimension) == 0 ? 0 : 1;
    }

    @Override
    public HostPass pass(int[] items) {
        HostPass pass = PairBatch.of(pairs, items);
        pass.arrays().add(REFERENCE, reference.of(items)).add(LABELS, labels(items));
        return pass;
    }

    private float[] labels(int[] items) {
        int dimensions = dimensions().size();
        float[] labels = new float[items.length * dimensions];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = pairs.label(items[i / dimensions], i % dimensions);
        }
        return labels;
    }

    @Override
    public Tensor losses(Tape tape, Pass pass, Projector projector, Recomputation recomputation) {
        var shape = new PreferenceLoss.Shape(pass.sequences().count() / 2, dimensions().size(), beta);
        return PairLoss.apply(tape, shape, logRatios(tape, pass, projector, recomputation), pass.arrays().get(LABELS));
    }

    /** {@code log π(y|x) - log π_ref(y|x)} of both responses of each pair, [2·items]. */
    public Tensor logRatios(Tape tape, int[] items, RowProjector policy, Recomputation recomputation) {
        HostPass host = pass(items);
        return logRatios(tape, host.on(tape.scope()), policy.forRows(tape, host.ownerOfRow()), recomputation);
    }

    private Tensor logRatios(Tape tape, Pass pass, Projector projector, Recomputation recomputation) {
        Tensor logProb = ResponseBatch.logProbs(tape, model, pass, projector, recomputation);
        return SequenceSum.apply(tape, pass.sequences(), logProb, pass.arrays().get(REFERENCE));
    }
}
