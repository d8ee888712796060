package dev.panacea.kernels.svdlora;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.svdlora.SvdLoraGroupExample.Comparison;
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
        Comparison forward = GROUP.forwards();
        Comparison backward = GROUP.backwards();
        Files.writeString(Path.of("target/cuda/svd-lora-small-group.txt"), forward.text() + backward.text());
        assertTrue(forward.passes().bytes() <= forward.apartPasses().bytes() - 2 * INPUT_BYTES, forward::text);
        assertTrue(backward.passes().bytes() <= backward.apartPasses().bytes() - 2 * INPUT_BYTES, backward::text);
        assertTrue(forward.together().instructions() < forward.apart().instructions(), forward::text);
        assertTrue(backward.together().instructions() < backward.apart().instructions(), backward::text);
    }
}
