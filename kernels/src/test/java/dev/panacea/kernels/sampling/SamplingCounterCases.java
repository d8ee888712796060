package dev.panacea.kernels.sampling;

import dev.panacea.kernels.CounterCase;
import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.sampling.Sampling.Settings;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.List;
import java.util.Random;

/** Draws from a row of a vocabulary of 32,000. */
public final class SamplingCounterCases {
    private static final int VOCABULARY = 32_000;

    private SamplingCounterCases() { }

    public static List<CounterCase> all() {
        return List.of(of("greedy_1x32000", Settings.GREEDY), of("all_1x32000", new Settings(1, 0, 1)),
            of("topk50_topp09_1x32000", new Settings(1, 50, 0.9f)));
    }

    private static CounterCase of(String name, Settings settings) {
        return new CounterCase(name, 0, 4L * (VOCABULARY + 1), device -> draw(device, settings));
    }

    private static void draw(CudaDevice device, Settings settings) {
        try (MemoryScope scope = device.openScope("case")) {
            float[] logits = Oracle.normal(new Random(5), VOCABULARY);
            for (int i = 0; i < logits.length; i++) {
                logits[i] *= 3;
            }
            Sampling.on(device).sample(1, VOCABULARY, settings, scope.allocate("logits", DType.F32, logits.length).copyFrom(logits),
                new double[] {0.3}, scope.allocate("ids", DType.I32, 1));
        }
    }
}
