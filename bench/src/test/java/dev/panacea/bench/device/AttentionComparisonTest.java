package dev.panacea.bench.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparison on the simulated GPU, with a program in PyTorch's place that lacks one backend. */
class AttentionComparisonTest {
    private static final String PEER = """
        #!/bin/sh
        echo '{"torch": "2.11", "cuda": "13.0", "cudnn": 91900}'
        while read -r question; do
          case "$question" in
            *flash*) echo '{"milliseconds": [3, 1, 2]}' ;;
            *) echo '{"error": "no such backend"}' ;;
          esac
        done
        """;

    @TempDir
    private Path folder;

    @Test
    void bothSidesHaveTheirTurnsAndAMissingOneItsReason() throws IOException {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        Path python = Files.writeString(folder.resolve("python"), PEER);
        Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwx------"));
        List<String> progress = new ArrayList<>();
        List<AttentionShape> shapes = List.of(new AttentionShape(40, 2, 1, 64, true));
        try (CudaDevice device = CudaDevice.open(new SimulatedDriver(SimulatorOptions.defaults()), 0);
             DeviceClock clock = new DeviceClock(device, 1024); TorchPeer peer = TorchPeer.start(python.toString()).orElseThrow()) {
            var comparison = new AttentionComparison(device, clock, Optional.of(peer), 2, 1);
            List<AttentionFigures> figures = comparison.run(shapes, Instant.now().plusSeconds(600), progress::add);
            assertEquals(List.of(false, true), figures.stream().map(AttentionFigures::backward).toList());
            for (AttentionFigures one : figures) {
                assertTrue(one.teraflops() > 0);
                assertEquals(2, one.rivals().get("flash").milliseconds().median());
                assertEquals(2 / one.milliseconds().median(), one.rivals().get("flash").speed(), 1e-9);
                assertEquals("no such backend", one.rivals().get("cudnn").reason());
                assertNull(one.rivals().get("cudnn").milliseconds());
            }
            assertEquals(2, progress.size());
            assertEquals(List.of(), comparison.run(shapes, Instant.EPOCH, progress::add), "nothing begins after the end");
        }
    }

    @Test
    void aCausalMaskHalvesTheFlopsAndTheBackwardTakesFiveProducts() {
        assertEquals(4.0 * 1024 * 1024 * 128 * 32, new AttentionShape(1024, 32, 32, 128, false).flops(false));
        assertEquals(7.0 * 1024 * 1024 * 128 * 32, new AttentionShape(1024, 32, 8, 128, true).flops(true));
        assertEquals(40, AttentionShape.upTo(16_384).size());
    }
}
