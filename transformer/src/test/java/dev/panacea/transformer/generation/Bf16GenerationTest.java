package dev.panacea.transformer.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.rotary.RotaryScaling;
import dev.panacea.kernels.sampling.Sampling;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import dev.panacea.transformer.adapter.SmallAdapter;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import dev.panacea.transformer.config.LlamaConfig;
import dev.panacea.transformer.model.Float64Llama;
import dev.panacea.transformer.model.RowProjector;
import dev.panacea.transformer.model.SmallLlama;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many prompts at once with BF16 activations and cache: step by step, no other token is much likelier than the one drawn. */
class Bf16GenerationTest {
    private static final int NEW_TOKENS = 8;
    private static final double[][] LAMBDA = {{0.25, 0.75}, {1, 0}, {0, 1}};
    private static final LlamaConfig CONFIG = new LlamaConfig(12, 20, 2, 4, 2, 8, 23, 48, 1e-5, 100, new RotaryScaling.None(), false,
        OptionalInt.of(0), List.of(1));

    /** Logits are about 1 in size and some 25 roundings of 2⁻⁹ away from the token's id: about 0.01 off, 0.02 between two of them. */
    private static final double TOLERANCE = 0.06;

    private final List<int[]> prompts = List.of(ids(3), ids(1), ids(20));

    private static int[] ids(int count) {
        return new Random(count).ints(count, 0, CONFIG.vocabularySize()).toArray();
    }

    @Test
    void onTheHostEachWithItsOwnPreference() {
        try (SmallLlama small = new SmallLlama(Kernels.on(new HostDevice(2), DType.BF16), CONFIG, 21)) {
            SvdLoraAdapter adapter = SmallAdapter.initial(small, 22);
            Float64Llama reference = small.reference().with(adapter);
            check(small, adapter.at(LAMBDA, SvdLoraLinear.Path.UNMERGED), 3, (text, prompt) -> reference.logits(text, LAMBDA[prompt]));
        }
    }

    @Test
    @Tag("cuda")
    void onTheSimulatedDeviceEachWithItsOwnPreferenceAndTwoAtATime() {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        CudaDevice device = CudaDevice.open(new SimulatedDriver(SimulatorOptions.defaults()), 0);
        try (SmallLlama small = new SmallLlama(Kernels.on(device), CONFIG, 21)) {
            SvdLoraAdapter adapter = SmallAdapter.initial(small, 22);
            Float64Llama reference = small.reference().with(adapter);
            check(small, adapter.at(LAMBDA), 2, (text, prompt) -> reference.logits(text, LAMBDA[prompt]));
        }
    }

    private void check(SmallLlama small, RowProjector policy, int atOnce, BiFunction<int[], Integer, double[][]> reference) {
        List<int[]> found = new Generator(small.frozenModel()).generate(small.scope(), prompts, policy,
            new Generator.Settings(Sampling.Settings.GREEDY, NEW_TOKENS, List.of(), 23, atOnce));
        for (int prompt = 0; prompt < prompts.size(); prompt++) {
            int length = prompts.get(prompt).length;
            int[] text = Arrays.copyOf(prompts.get(prompt), length + NEW_TOKENS);
            System.arraycopy(found.get(prompt), 0, text, length, NEW_TOKENS);
            double[][] logits = reference.apply(text, prompt);
            for (int t = length; t < text.length; t++) {
                double best = Arrays.stream(logits[t - 1]).max().orElseThrow();
                assertEquals(best, logits[t - 1][text[t]], TOLERANCE, "prompt " + prompt + ", token " + t);
            }
        }
    }
}
