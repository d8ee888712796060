package dev.panacea.bench.step;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.Precision;
import dev.panacea.training.plan.MemoryKind;
import dev.panacea.training.plan.MemoryPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The predicted peak beside the measured one of a real step. */
class MemoryPlanTest {
    private static final double TOLERANCE = 0.001;

    // The models' own shapes at a third of their batches: the peak is proportional to the rows.
    private static final List<ModelShape> SHAPES = ModelShape.ALL.stream().map(shape -> new ModelShape(shape.name(), shape.config(),
        Math.ceilDiv(shape.pairs(), 3), shape.promptTokens(), shape.responseTokens())).toList();

    static Stream<Arguments> configurations() {
        List<Arguments> all = new ArrayList<>();
        for (ModelShape shape : SHAPES) {
            for (Precision precision : Precision.values()) {
                for (boolean recompute : new boolean[] {false, true}) {
                    all.add(Arguments.of(shape, precision, recompute));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void planIsWhatAStepHolds(ModelShape shape, Precision precision, boolean recompute) {
        try (HostDevice device = new HostDevice(2);
             TrainingWorkload work = new TrainingWorkload(Kernels.on(device), shape, precision, recompute)) {
            device.resetPeak();
            work.step();
            MemoryPlan plan = work.memoryPlan();
            assertEquals(1, (double) plan.peakBytes() / device.peakBytes(), TOLERANCE, plan::table);
            assertEquals(plan.peakBytes(), plan.rows().values().stream().mapToLong(Long::longValue).sum());
        }
    }

    /** On the host's twins, whose scratch is not that of the CUDA kernels that the plan is for: only the rest is compared. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void planWithNarrowActivationsIsWhatAStepHoldsBesideScratch(boolean recompute) {
        for (ModelShape shape : SHAPES) {
            try (HostDevice device = new HostDevice(2);
                 TrainingWorkload work = new TrainingWorkload(Kernels.on(device, DType.BF16), shape, Precision.BFLOAT16, recompute)) {
                work.step();
                MemoryPlan plan = work.memoryPlan();
                long planned = plan.peakBytes() - plan.rows().getOrDefault(MemoryKind.SCRATCH.toString(), 0L);
                assertEquals(1, (double) planned / work.peakBytes(), 0.05, plan::table);
            }
        }
    }
}
