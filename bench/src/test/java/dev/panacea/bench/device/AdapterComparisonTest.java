package dev.panacea.bench.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.bench.Spread;
import dev.panacea.bench.device.AdapterFigures.Way;
import dev.panacea.bench.device.AdapterShape.Pass;
import dev.panacea.bench.device.AdapterShape.Timing;
import dev.panacea.evaluation.Json;
import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparison on the simulated GPU, with a library that multiplies nothing and a program in PyTorch's place that lacks PEFT. */
class AdapterComparisonTest {
    private static final String PEER = """
        #!/bin/sh
        echo '{"torch": "2.11", "cuda": "13.0", "cudnn": 91900}'
        while read -r question; do
          echo "$question" >> questions
          case "$question" in
            *peft*) echo '{"error": "No module named peft"}' ;;
            *) echo '{"milliseconds": [3, 1, 2]}' ;;
          esac
        done
        """;
    private static final AdapterShape SMALL = new AdapterShape(20, 24, 40, 3);

    @TempDir
    private Path folder;

    /** Products of which only the extents count. */
    private static final class Extents implements Blas {
        private final List<List<Integer>> asked = new ArrayList<>();

        @Override
        public void gemm(boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, Buffer a, int lda, Buffer b, int ldb,
                         float beta, Buffer c, int ldc) {
            asked.add(List.of(m, n, k));
        }

        @Override
        public String description() {
            return "no library";
        }

        @Override
        public void close() { }
    }

    private String peer() throws IOException {
        Path file = Files.writeString(folder.resolve("python"), PEER.replace("questions", folder.resolve("questions").toString()));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file.toString();
    }

    private static CudaDevice device(Blas blas) {
        return CudaDevice.open(new SimulatedDriver(SimulatorOptions.defaults()), 0, device -> blas);
    }

    @Test
    void everyWayAndEveryRivalHasItsTurns() throws IOException {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        List<String> progress = new ArrayList<>();
        List<Timing> timings = List.of(new Timing(SMALL, Pass.BOTH), new Timing(SMALL, Pass.BACKWARD));
        Extents blas = new Extents();
        try (CudaDevice device = device(blas); DeviceClock clock = new DeviceClock(device, 1024);
             TorchPeer peer = TorchPeer.start(peer(), TorchAdapter.SCRIPT).orElseThrow()) {
            var comparison = new AdapterComparison(device, clock, Optional.of(device.blas()), Optional.of(peer), 1, 1);
            assertTrue(comparison.copyRate(4096) > 0);
            List<AdapterFigures> figures = comparison.run(timings, 1e6, Instant.now().plusSeconds(600), progress::add);
            AdapterFigures both = figures.getFirst();
            assertEquals(Set.of("fused", "unfused", "cublas-augmented", "cublas-unfused", "cublas-augmented in room"),
                both.ways().keySet());
            both.ways().values().forEach(way -> assertEquals(way.milliseconds().median() / both.bare().median(), way.overBare(), 1e-12));
            double quickest = both.ways().get(both.quickest()).milliseconds().median();
            assertEquals(2 / quickest, both.rivals().get("svd compiled").speed(), 1e-9);
            assertEquals("No module named peft", both.rivals().get("peft").reason());
            assertNull(both.rivals().get("peft").milliseconds());
            assertEquals(Map.of(), figures.getLast().rivals(), "PyTorch runs no backward alone");
            assertEquals(2, progress.size());
            assertEquals(List.of(), comparison.run(timings, 1, Instant.EPOCH, progress::add), "nothing begins after the end");
        }
        // plain, and augmented: ranks are filled up to 16
        assertTrue(blas.asked.containsAll(List.of(List.of(20, 40, 24), List.of(20, 24, 40), List.of(20, 40, 40), List.of(20, 24, 56))));
        assertEquals("""
            {"rows":20,"inputs":24,"outputs":40,"rank":3,"form":"lora","compiled":true,"backward":true,"warm_up":3,"repeats":1,\
            "flush_bytes":268435456}""", Files.readAllLines(folder.resolve("questions")).get(1));
    }

    @Test
    void withoutALibraryOwnWaysRunAlone() {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        try (CudaDevice device = device(null); DeviceClock clock = new DeviceClock(device, 1024)) {
            var comparison = new AdapterComparison(device, clock, Optional.empty(), Optional.empty(), 1, 1);
            AdapterFigures figures = comparison.run(List.of(new Timing(SMALL, Pass.FORWARD)), 1, Instant.now().plusSeconds(600),
                line -> { }).getFirst();
            assertNull(figures.bare());
            assertEquals(Set.of("fused", "unfused"), figures.ways().keySet());
            assertTrue(AdapterTable.row(figures).contains("| no cuBLAS |"));
        }
    }

    @Test
    void aFloorIsTheDeeperProductAndTheReadsOfNarrowOnes() {
        AdapterShape layer = new AdapterShape(4096, 4096, 1024, 16);
        assertEquals(2.0 * 4096 * 4096 * 1024, layer.plainFlops(Pass.FORWARD));
        assertEquals(1 + 16.0 / 4096 + 2.0 * 4096 * 4096 / 1e9, layer.floorMilliseconds(Pass.FORWARD, 1, 1e9), 1e-12);
        assertEquals(1 + 16.0 / 1024 + 2.0 * 4096 * (4096 + 1024) / 1e9, layer.floorMilliseconds(Pass.BACKWARD, 1, 1e9), 1e-12);
        // each plain product takes half of the time
        assertEquals(1 + 8.0 / 4096 + 8.0 / 1024 + 2.0 * 4096 * (2 * 4096 + 1024) / 1e9, layer.floorMilliseconds(Pass.BOTH, 1, 1e9), 1e-12);
        assertEquals(2 * 6 * 3 + 4 * 6, AdapterShape.all(4096).size());
    }

    @Test
    void theReportHasARowForEachAndIsJson() {
        Spread time = new Spread(2, 1, 3);
        var figures = new AdapterFigures(new AdapterShape(4096, 4096, 4096, 16), Pass.FORWARD, time, 2.05,
            Map.of("fused", new Way(new Spread(2.1, 2, 2.2), 1.05), OwnAdapter.IN_ROOM, new Way(time, 1)), Map.of(), null);
        assertEquals("fused", figures.quickest());
        var report = new AdapterReport("2026-11-24", "card", "ffm", "cuBLAS 13", "no PyTorch", null, 1600, 3, 10, 1, List.of(figures));
        String table = report.table();
        assertTrue(table.contains("| 4096 | 4096 → 4096 | 16 | forward | 2.0000 (1.0000–3.0000) | 69 | 2.0500, 1.025x | 2.1000, 1.050x | "
            + "did not run | did not run | did not run | 2.0000, 1.000x | fused | 1.06x | not asked |"), table);
        assertEquals(1, table.lines().map(line -> line.chars().filter(c -> c == '|').count()).filter(bars -> bars > 0).distinct()
            .count());
        assertTrue(Json.line(report).contains("\"over_bare\":1.05"), Json.line(report));
    }
}
