package dev.panacea.kernels.svdlora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import dev.panacea.runtime.simulator.checks.CheckedLaunches;
import dev.panacea.runtime.simulator.checks.LaunchCounters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * What a layer of usual width costs on the simulated GPU over the plain one, which {@code docs/svd-lora.md} states. It takes a minute, so
 * it runs on demand, and writes its figures to {@code kernels/target/cuda/svd-lora-overhead.txt}.
 */
@EnabledIfEnvironmentVariable(named = "PANACEA_COUNTERS", matches = "wide", disabledReason = "takes a minute; set it to wide")
class SvdLoraOverheadTest {
    private static final SvdLoraExample LAYER = SvdLoraExample.square(256, 4096, 16);
    private static final double MOST_FORWARD = 1.06;
    private static final double MOST_BACKWARD = 1.12;

    private record Cost(long instructions, long bytes) {
        static Cost of(Consumer<CudaDevice> call) {
            CheckedLaunches checks = new CheckedLaunches();
            SimulatorOptions options = SimulatorOptions.defaults().withObservers(checks.observers());
            try (CudaDevice device = CudaDevice.open(new SimulatedDriver(options), 0)) {
                call.accept(device);
            }
            assertEquals(List.of(), checks.findings());
            List<LaunchCounters> launches = checks.launches();
            return new Cost(launches.stream().mapToLong(launch -> launch.total().warps()).sum(),
                launches.stream().mapToLong(launch -> launch.global().movedBytes()).sum());
        }

        double over(Cost plain) {
            return (double) instructions / plain.instructions;
        }

        String beside(Cost plain, String name) {
            return String.format("%s: %d warp instructions of %d, %.3f; %d bytes of %d, %.3f%n", name, instructions, plain.instructions,
                over(plain), bytes, plain.bytes, (double) bytes / plain.bytes);
        }
    }

    @Test
    void passesAndOneMoreTileOfDepthCostLittle() throws IOException {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        Cost plainForward = Cost.of(LAYER::plainForward);
        Cost forward = Cost.of(LAYER::forward);
        Cost plainBackward = Cost.of(LAYER::plainBackward);
        Cost backward = Cost.of(LAYER::backward);
        Files.writeString(Path.of("target/cuda/svd-lora-overhead.txt"),
            forward.beside(plainForward, "forward") + backward.beside(plainBackward, "backward"));
        assertTrue(forward.over(plainForward) <= MOST_FORWARD, () -> forward.beside(plainForward, "forward"));
        assertTrue(backward.over(plainBackward) <= MOST_BACKWARD, () -> backward.beside(plainBackward, "backward"));
    }
}
