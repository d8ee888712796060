package dev.panacea.kernels.svdlora;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.kernels.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What small layers that share their input save on the simulated GPU; the figures go to {@code target/cuda/svd-lora-small-group.txt}. */
@Tag("cuda")
class SvdLoraGroupCostTest {
    private static final SvdLoraGroupExample GROUP = SvdLoraGroupExample.of(256, 256, 16, 256, 64, 64);
    private static final long INPUT_BYTES = 2 * 256 * 256;

    @Test
    void theInputIsReadOnceForAllPasses() throws IOException {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        Files.writeString(Path.of("target/cuda/svd-lora-small-group.txt"), GROUP.report());
        SimulatedCost forward = SimulatedCost.of(GROUP::forward, SvdLoraGroupExample::isPass);
        SimulatedCost apart = SimulatedCost.of(GROUP::apartForward, SvdLoraGroupExample::isPass);
        assertTrue(forward.bytes() <= apart.bytes() - 2 * INPUT_BYTES, forward.beside(apart, "forward"));
        SimulatedCost backward = SimulatedCost.of(GROUP::backward, SvdLoraGroupExample::isPass);
        SimulatedCost apartBackward = SimulatedCost.of(GROUP::apartBackward, SvdLoraGroupExample::isPass);
        assertTrue(backward.bytes() <= apartBackward.bytes() - 2 * INPUT_BYTES, backward.beside(apartBackward, "backward"));
    }
}
