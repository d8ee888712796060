package dev.panacea.kernels.optimizer;

import dev.panacea.kernels.CounterCase;
import dev.panacea.kernels.optimizer.AdamW.Schedule;
import dev.panacea.kernels.optimizer.AdamW.Settings;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.List;

/** A clipped step over an adapter's run of parameters, cut short. */
public final class OptimizerCounterCases {
    private static final int COUNT = 1 << 16;
    private static final Settings SETTINGS = new Settings(0.9f, 0.95f, 1e-8f, 0.01f);

    private OptimizerCounterCases() { }

    public static List<CounterCase> all() {
        return List.of(
            new CounterCase("f32_65536", 0, 4L * COUNT, OptimizerCounterCases::norm),
            new CounterCase("f32_65536_clipped", 0, 28L * COUNT, device -> step(device, false)),
            new CounterCase("f32_65536_clipped_rounded", 0, 30L * COUNT, device -> step(device, true)));
    }

    private static void norm(CudaDevice device) {
        try (MemoryScope scope = device.openScope("case")) {
            AdamW.on(device).norm(COUNT, ones(scope), zeros(scope, DType.I64, AdamW.NORM_COUNT));
        }
    }

    private static void step(CudaDevice device, boolean rounded) {
        try (MemoryScope scope = device.openScope("case")) {
            Buffer schedule = zeros(scope, DType.F32, Schedule.COUNT);
            Schedule.of(SETTINGS, 1, 1e-4).writeTo(schedule);
            Buffer norm = zeros(scope, DType.I64, AdamW.NORM_COUNT);
            AdamW.on(device).step(SETTINGS, schedule, norm, 1, COUNT, ones(scope), ones(scope), ones(scope), ones(scope),
                rounded ? zeros(scope, DType.BF16, COUNT) : null);
        }
    }

    private static Buffer ones(MemoryScope scope) {
        Buffer buffer = scope.allocate("argument", DType.F32, COUNT);
        buffer.fill((byte) 0x3F);
        return buffer;
    }

    private static Buffer zeros(MemoryScope scope, DType dtype, int count) {
        Buffer buffer = scope.allocate("argument", dtype, count);
        buffer.fill((byte) 0);
        return buffer;
    }
}
