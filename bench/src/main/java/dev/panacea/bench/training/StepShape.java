package dev.panacea.bench.training;

import dev.panacea.autograd.Recomputation;
import dev.panacea.kernels.rotary.RotaryScaling;
import dev.panacea.runtime.BadInputException;
import dev.panacea.transformer.adapter.AdapterLayout;
import dev.panacea.transformer.adapter.AdapterPlan;
import dev.panacea.transformer.adapter.Projection;
import dev.panacea.transformer.config.LlamaConfig;
import dev.panacea.transformer.config.LlamaShapes;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * One training step that is measured: packed sequences of one length through a Llama of random weights with an adapter on every matrix.
 *
 * @param model its name
 * @param sequences packed into the step; under DPO two responses to each prompt
 * @param length rows of a sequence
 * @param prompt tokens of a sequence before its response; a response has {@code length - prompt + 1}, the last of them not read
 * @param recomputation what the backward of a block computes again
 */
record StepShape(String model, LlamaConfig config, Objective objective, int sequences, int length, int prompt,
                 Recomputation recomputation) {
    /** λ's entries. */
    static final List<String> DIMENSIONS = List.of("first", "second");
    /** Directions of an adapted matrix, learnt and preference's together. */
    static final int RANK = 16;
    private static final int BOS = 0;
    private static final int EOS = 1;
    private static final AdapterLayout LAYOUT = new AdapterLayout(RANK - DIMENSIONS.size(), 32, 0.02, true, List.of(Projection.values()),
        List.of());

    /** What is learnt. */
    enum Objective {
        /** Every token but the first is asked for. */
        SFT,
        /** Three quarters of each sequence are its response. */
        DPO;

        private int sequencesUnlessSaid() {
            return this == SFT ? 1 : 2;
        }

        private int prompt(int length) {
            return this == SFT ? 1 : Math.max(1, length / 4);
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Models by name. */
    enum Model {
        LLAMA_3_1_8B("llama-3.1-8b", LlamaShapes.LLAMA_3_1_8B),
        LLAMA_2_7B("llama-2-7b", LlamaShapes.LLAMA_2_7B),
        /** For a simulated GPU: every kernel of a step, in seconds. */
        TINY("tiny", new LlamaConfig(64, 160, 2, 4, 2, 16, 384, 64, 1e-5, 10_000, new RotaryScaling.None(), false, OptionalInt.of(BOS),
            List.of(EOS)));

        private final String title;
        private final LlamaConfig shape;

        Model(String title, LlamaConfig shape) {
            this.title = title;
            this.shape = shape;
        }

        // as many positions as are used, unscaled: the table of rotations is no part of what is measured
        private LlamaConfig config(int positions) {
            return new LlamaConfig(shape.hiddenSize(), shape.intermediateSize(), shape.layers(), shape.heads(), shape.kvHeads(),
                shape.headDim(), shape.vocabularySize(), positions, shape.rmsNormEpsilon(), shape.ropeTheta(), new RotaryScaling.None(),
                false, OptionalInt.of(BOS), List.of(EOS));
        }

        @Override
        public String toString() {
            return title;
        }
    }

    /**
     * A step of {@code tokens} rows.
     *
     * @param sequences 0 for what is usual: one under SFT, two under DPO
     * @throws BadInputException unless {@code tokens} is split evenly, into even numbers of sequences under DPO
     */
    static StepShape of(Model model, Objective objective, int tokens, int sequences, Recomputation recomputation) {
        int count = sequences == 0 ? objective.sequencesUnlessSaid() : sequences;
        if (count < 1 || tokens % count != 0 || tokens / count < 8) {
            throw new BadInputException(tokens + " tokens are not split into " + count + " sequences of one length of at least 8; choose "
                + "--tokens and --sequences so that they are");
        }
        if (objective == Objective.DPO && count % 2 != 0) {
            throw new BadInputException("DPO compares two responses to a prompt, and " + count + " sequences are no pairs; give an even "
                + "--sequences");
        }
        int length = tokens / count;
        return new StepShape(model.toString(), model.config(length), objective, count, length, objective.prompt(length), recomputation);
    }

    int rows() {
        return sequences * length;
    }

    /** Rows whose next token is asked for. */
    int askedRows() {
        return sequences * responseTokens();
    }

    int responseTokens() {
        return length - prompt + 1;
    }

    AdapterPlan adapter() {
        return LAYOUT.resolve(config, DIMENSIONS.size());
    }
}
