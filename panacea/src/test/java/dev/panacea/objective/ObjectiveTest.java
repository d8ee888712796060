package dev.panacea.objective;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.autograd.Tape;
import dev.panacea.config.DataConfig;
import dev.panacea.config.AdapterWayChoice;
import dev.panacea.config.ModelConfig;
import dev.panacea.config.PrecisionChoice;
import dev.panacea.data.ArrowForm;
import dev.panacea.data.Fixtures;
import dev.panacea.data.PreferenceSet;
import dev.panacea.data.tokenized.TokenLimits;
import dev.panacea.data.tokenized.TokenizedDemonstrations;
import dev.panacea.data.tokenized.TokenizedPairs;
import dev.panacea.data.tokenized.Tokenizing;
import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.training.LoadedModel;
import dev.panacea.training.SmallTask;
import dev.panacea.transformer.adapter.AdapterLayout;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import dev.panacea.transformer.model.Projector;
import dev.panacea.transformer.model.TokenBatch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectiveTest {
    private static final double[] LAMBDA = {0.3, 0.7};

    @TempDir
    private Path folder;

    @Test
    void anUntrainedAdapterLosesLnTwoWhereverAPairIsJudged() {
        try (SmallTask task = new SmallTask(folder)) {
            assertAllLnTwo(task.dpo(0.5), task.adapter(), task.memory(), IntStream.range(0, SmallTask.PAIRS).toArray());
        }
    }

    @Test
    void anUntrainedAdapterLosesLnTwoOnRealPairs() {
        Path weights = Fixtures.file("tinystories-656k");
        DataConfig data = new DataConfig(DataConfig.Kind.ATTRIBUTES, List.of(attribute("helpfulness", false), attribute("verbosity", true)),
            List.of(), 0.1, 64, 96, 0);
        PreferenceSet real = data.source().read().data().subset(24, 7);
        try (HostDevice device = new HostDevice(2);
             LoadedModel model = LoadedModel.open(Kernels.on(device),
                 new ModelConfig(weights, PrecisionChoice.FLOAT32, AdapterWayChoice.AUTO, true, false))) {
            Path file = folder.resolve("real.arrow");
            TokenizedPairs.write(real, new Tokenizing(model.encoder(), model.vocabulary(), new TokenLimits(64, 96)), file, ArrowForm.FILE);
            SvdLoraAdapter adapter = new SvdLoraAdapter(model.model().kernels(), model.memory(),
                AdapterLayout.DEFAULT.resolve(model.model().config(), 2), 2);
            adapter.initialize(new Random(8));
            try (TokenizedPairs pairs = TokenizedPairs.open(file)) {
                // other batches than the losses below, so that the two passes really are two
                ReferenceLogProbs reference = ReferenceLogProbs.compute(model.memory(), model.model(), pairs, 700, done -> { });
                assertAllLnTwo(new DpoObjective(model.model(), pairs, reference, 0.1), adapter, model.memory(),
                    IntStream.range(0, pairs.size()).toArray());
            }
        }
    }

    private static DataConfig.Dimension attribute(String name, boolean reversed) {
        return new DataConfig.Dimension(name, Optional.of(Fixtures.file("helpsteer2/" + name + "_eval.jsonl.gz")), Optional.empty(),
            Optional.of(reversed));
    }

    private static void assertAllLnTwo(DpoObjective objective, SvdLoraAdapter adapter, MemoryScope memory, int[] items) {
        float[] losses = losses(objective, adapter, memory, items);
        for (int row = 0; row < items.length; row++) {
            for (int i = 0; i < 2; i++) {
                boolean judged = objective.label(items[row], i) != 0;
                assertEquals(judged ? 1 : 0, objective.weight(items[row], i));
                assertEquals(judged ? Math.log(2) : 0, losses[2 * row + i], 1e-6, objective.name(items[row]) + " in " + i);
            }
        }
    }

    private static float[] losses(Objective objective, SvdLoraAdapter adapter, MemoryScope memory, int[] items) {
        double[][] lambda = new double[items.length][];
        Arrays.fill(lambda, LAMBDA);
        try (MemoryScope scope = memory.child("losses")) {
            Tape tape = Tape.withoutGradients(Kernels.on(memory.device()), scope);
            return objective.losses(tape, items, adapter.at(lambda, SvdLoraLinear.Path.UNMERGED), false).toFloats();
        }
    }

    @Test
    void lossesFollowTheLabelsAndTheRatiosOfBothResponses() {
        try (SmallTask task = new SmallTask(folder).withTrainedAdapter(); MemoryScope scope = task.memory().child("ratios")) {
            DpoObjective objective = task.dpo(0.5);
            int[] items = {4, 0, 9};
            double[][] lambda = {LAMBDA, LAMBDA, LAMBDA};
            float[] ratios = objective.logRatios(Tape.withoutGradients(task.model().kernels(), scope), items,
                task.adapter().at(lambda, SvdLoraLinear.Path.UNMERGED), false).toFloats();
            float[] losses = losses(objective, task.adapter(), task.memory(), items);
            for (int row = 0; row < items.length; row++) {
                double margin = (double) ratios[2 * row] - ratios[2 * row + 1];
                assertTrue(Math.abs(margin) > 1e-3, "the adapter must matter for this to show anything");
                for (int i = 0; i < 2; i++) {
                    double label = objective.label(items[row], i);
                    assertEquals(label == 0 ? 0 : Math.log1p(Math.exp(-0.5 * label * margin)), losses[2 * row + i], 1e-6);
                }
            }
        }
    }

    @Test
    void fineTuningLosesTheNegativeLogLikelihoodOfItsOwnDimension() {
        try (SmallTask task = new SmallTask(folder)) {
            SftObjective objective = task.sft();
            int[] items = {3, 0, 7, 8};
            float[] losses = losses(objective, task.adapter(), task.memory(), items);
            for (int row = 0; row < items.length; row++) {
                int own = task.demonstrations().dimension(items[row]);
                double expected = negativeLogLikelihood(task, items[row]);
                assertEquals(expected, losses[2 * row + own], 1e-5 * expected);
                assertEquals(0, losses[2 * row + 1 - own]);
                assertEquals(task.demonstrations().responseLength(items[row]), objective.weight(items[row], own));
                assertEquals(0, objective.weight(items[row], 1 - own));
            }
        }
    }

    /** One sequence alone through the bare model, every token asked for and those of the prompt left out of the sum. */
    private static double negativeLogLikelihood(SmallTask task, int item) {
        TokenizedDemonstrations demonstrations = task.demonstrations();
        int[] prompt = demonstrations.prompt(item);
        int[] text = IntStream.concat(Arrays.stream(prompt), Arrays.stream(demonstrations.response(item))).toArray();
        int rows = text.length - 1;
        try (MemoryScope scope = task.memory().child("alone")) {
            TokenBatch batch = TokenBatch.of(scope, PackedSequences.ofLengths(rows), Arrays.copyOf(text, rows));
            float[] logProbs = task.model().logProbs(Tape.withoutGradients(task.model().kernels(), scope), batch,
                TokenBatch.upload(scope, "targets", Arrays.copyOfRange(text, 1, text.length)), Projector.BASE, false).toFloats();
            return -IntStream.range(prompt.length - 1, rows).mapToDouble(t -> logProbs[t]).sum();
        }
    }
}
