package dev.panacea.kernels.svdlora;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.kernels.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * What a layer of usual width costs on the simulated GPU over the plain one, which {@code docs/svd-lora.md} states. It takes a minute, so
 * it runs on demand, and writes its figures to {@code kernels/target/cuda/svd-lora-overhead.txt}.
 */
@EnabledIfEnvironmentVariable(named = "PANACEA_COUNTERS", matches = "wide", disabledReason = "takes a minute; set it to wide")
class SvdLoraOverheadTest {
    private static final SvdLoraExample LAYER = SvdLoraExample.square(256, 4096, 16);
    private static final SvdLoraGroupExample WIDE = SvdLoraGroupExample.of(256, 4096, 16, 4096, 1024, 1024);
    private static final double MOST_FORWARD = 1.06;
    private static final double MOST_BACKWARD = 1.12;

    @Test
    void layersThatShareTheirInputCostLessTogether() throws IOException {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        String report = WIDE.report();
        Files.writeString(Path.of("target/cuda/svd-lora-group.txt"), report);
        SimulatedCost plain = SimulatedCost.of(WIDE::plainForward);
        assertTrue(SimulatedCost.of(WIDE::forward).over(plain) <= MOST_FORWARD, report);
    }

    @Test
    void passesAndOneMoreTileOfDepthCostLittle() throws IOException {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        SimulatedCost plainForward = SimulatedCost.of(LAYER::plainForward);
        SimulatedCost forward = SimulatedCost.of(LAYER::forward);
        SimulatedCost plainBackward = SimulatedCost.of(LAYER::plainBackward);
        SimulatedCost backward = SimulatedCost.of(LAYER::backward);
        Files.writeString(Path.of("target/cuda/svd-lora-overhead.txt"),
            forward.beside(plainForward, "forward") + backward.beside(plainBackward, "backward"));
        assertTrue(forward.over(plainForward) <= MOST_FORWARD, () -> forward.beside(plainForward, "forward"));
        assertTrue(backward.over(plainBackward) <= MOST_BACKWARD, () -> backward.beside(plainBackward, "backward"));
    }
}
