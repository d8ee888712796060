package dev.panacea.objective;

import dev.panacea.autograd.Recomputation;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.autograd.operations.DemonstrationLoss;
import dev.panacea.autograd.operations.SequenceSum;
import dev.panacea.data.tokenized.TokenizedDemonstrations;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.Projector;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Supervised fine-tuning: every dimension has responses of its own, and its loss is the mean negative log-likelihood of their
 * tokens. With one dimension and empty prompts this is language modelling.
 */
public final class SftObjective implements Objective {
    private static final String DIMENSIONS = "dimensions";

    private final LlamaModel model;
    private final TokenizedDemonstrations demonstrations;

    public SftObjective(LlamaModel model, TokenizedDemonstrations demonstrations) {
        this.model = model;
        this.demonstrations = demonstrations;
    }

    @Override
    public SftObjective on(LlamaModel other) {
        return new SftObjective(other, demonstrations);
    }

    @Override
    public SftObjective onPaper(LlamaModel other) {
        return on(other);
    }

    @Override
    public List<String> dimensions() {
        return demonstrations.header().dimensions();
    }

    @Override
    public int items() {
        return demonstrations.size();
    }

    @Override
    public String name(int item) {
        return "demonstration " + item;
    }

    @Override
    public int tokens(int item) {
        return ResponseBatch.rows(demonstrations.promptLength(item), demonstrations.responseLength(item));
    }

    @Override
    public int askedTokens(int item) {
        return demonstrations.responseLength(item);
    }

    @Override
    public double weight(int item, int dimension) {
        return demonstrations.dimension(item) == dimension ? demonstrations.responseLength(item) : 0;
    }

    @Override
    public HostPass pass(int[] items) {
        ResponseBatch batch = new ResponseBatch();
        for (int owner = 0; owner < items.length; owner++) {
            batch.add(owner, demonstrations.prompt(items[owner]), demonstrations.response(items[owner]));
        }
        HostPass pass = batch.pass();
        pass.arrays().add(DIMENSIONS, IntStream.of(items).map(demonstrations::dimension).toArray());
        return pass;
    }

    @Override
    public Tensor losses(Tape tape, Pass pass, Projector projector, Recomputation recomputation) {
        Tensor whole = SequenceSum.apply(tape, pass.sequences(),
            ResponseBatch.logProbs(tape, model, pass, projector, recomputation));
        return DemonstrationLoss.apply(tape, whole, dimensions().size(), pass.arrays().get(DIMENSIONS));
    }
}
