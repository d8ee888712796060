package dev.panacea.bench.step;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.panacea.autograd.Recomputation;
import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.Precision;
import dev.panacea.training.plan.MemoryPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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
                for (Recomputation recomputation : Recomputation.values()) {
                    all.add(Arguments.of(shape, precision, recomputation));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void planIsWhatAStepHolds(ModelShape shape, Precision precision, Recomputation recomputation) {
        try (HostDevice device = new HostDevice(2);
             TrainingWorkload work = new TrainingWorkload(Kernels.on(device), shape, precision, recomputation)) {
            device.resetPeak();
            work.step();
            MemoryPlan plan = work.memoryPlan();
            assertEquals(1, (double) plan.peakBytes() / device.peakBytes(), TOLERANCE, plan::table);
            assertEquals(plan.peakBytes(), plan.rows().values().stream().mapToLong(Long::longValue).sum());
        }
    }
}
