package dev.panacea.runtime.simulator.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bugs planted in real kernels, which the checks must find as they run on the simulated GPU. */
class PlantedBugsTest {

    private static void finds(KernelBench bench, Check check, String... parts) {
        List<Finding> findings = bench.findings();
        Set<Check> checks = findings.stream().map(Finding::check).collect(Collectors.toSet());
        assertEquals(Set.of(check), checks, findings.toString());
        for (String part : parts) {
            assertTrue(findings.stream().anyMatch(finding -> finding.message().contains(part)), findings + " lack: " + part);
        }
    }

    @Nested
    class OfCudaCode {
        private static byte[] ptx;
        private final KernelBench bench = new KernelBench("planted.cu", ptx);
        private final long out = bench.zeros(8192);

        @BeforeAll
        static void compile(@TempDir Path folder) throws IOException {
            ptx = KernelBench.compile("planted", folder);
        }

        @Test
        void unwrittenShared() {
            finds(bench.run("unwritten_shared", 1, 64, out), Check.INITIALIZATION, "thread 0 (warp 0 lane 0) of block 0 reads 4 bytes",
                "shared address 0xfc", "ld.shared");
        }

        @Test
        void unwrittenDynamicShared() {
            bench.launch("unwritten_dynamic_shared", new LaunchGeometry(new Dimensions(1), new Dimensions(64), 256), out);
            finds(bench, Check.INITIALIZATION, "shared address 0x0");
            assertEquals(64, bench.findings().getFirst().occurrences());
        }

        @Test
        void unwrittenLocal() {
            finds(bench.run("unwritten_local", 1, 32, out, 5, 5), Check.INITIALIZATION, "local address");
        }

        @Test
        void unwrittenGlobal() {
            finds(bench.run("unwritten_global", 1, 64, out, bench.raw(256)), Check.INITIALIZATION, "global address");
        }

        @Test
        void readAfterWrite() {
            // The first warp reads what the second will write: never written so far, and a race.
            bench.run("read_after_write", 1, 64, out);
            assertEquals(List.of(Check.INITIALIZATION, Check.RACE, Check.RACE), bench.findings().stream().map(Finding::check).toList());
            assertTrue(bench.findings().stream().anyMatch(finding -> finding.message().startsWith("read after write at shared address")),
                bench.findings().toString());
        }

        @Test
        void writeAfterRead() {
            finds(bench.run("write_after_read", 1, 64, out), Check.RACE, "write after read at shared address");
        }

        @Test
        void writeAfterWrite() {
            finds(bench.run("write_after_write", 1, 64, out), Check.RACE, "write after write at shared address");
        }

        @Test
        void missingWarpBarrier() {
            finds(bench.run("missing_warp_barrier", 1, 64, out), Check.RACE, "(warp 0 lane 0)", "(warp 0 lane 16)");
        }

        @Test
        void copyWithoutWait() {
            bench.run("copy_without_wait", 1, 64, out, bench.zeros(1024));
            assertEquals(List.of(Check.INITIALIZATION, Check.RACE), bench.findings().stream().map(Finding::check).toList());
            assertTrue(bench.findings().getFirst().message().contains("before cp.async was waited for"), bench.findings().toString());
        }

        @Test
        void waitWithoutBarrier() {
            // Which warp runs first decides whether the other's copy is waited for when it is read.
            bench.run("wait_without_barrier", 1, 64, out, bench.zeros(1024));
            assertTrue(bench.findings().stream().anyMatch(finding -> finding.check() == Check.RACE
                && finding.message().contains("cp.async.cg.shared.global")), bench.findings().toString());
        }

        @Test
        void pipelineWithoutSecondBarrier() {
            finds(bench.run("pipeline_without_second_barrier", 1, 64, out, bench.zeros(8192)), Check.RACE, "write after read");
        }

        @Test
        void neighboursOfOtherBlocks() {
            finds(bench.run("neighbours_of_other_blocks", 4, 64, out), Check.RACE, "of two blocks at global address");
        }

        @Test
        void lastBlockWithoutFence() {
            finds(bench.run("last_block_without_fence", 4, 64, out, bench.zeros(4), bench.raw(16)), Check.RACE, "of two blocks");
        }

        @Test
        void leaks() {
            assertTrue(bench.leaks().getFirst().message().startsWith("8192 bytes"), bench.leaks().toString());
            bench.free(out);
            assertEquals(List.of(), bench.leaks());
        }
    }

    /** Both halves of a warp meet at one barrier from two places, as hardware lets pass and PTX leaves undefined. */
    private static final String DIVERGENT = """
        .version 7.0
        .target sm_80
        .address_size 64
        .visible .entry divergent_barrier()
        {
            .reg .pred %p<2>;
            .reg .b32 %r<3>;
            mov.u32 %r1, %tid.x;
            setp.lt.u32 %p1, %r1, 16;
            @%p1 bra $LOW;
            bar.sync 0;
            bra.uni $DONE;
        $LOW:
            bar.sync 0;
        $DONE:
            ret;
        }
        """;

    @Test
    void divergentBarrier() {
        KernelBench bench = new KernelBench("divergent.ptx", DIVERGENT.getBytes(StandardCharsets.US_ASCII));
        try {
            bench.run("divergent_barrier", 1, 64);
        } finally {
            finds(bench, Check.SYNCHRONIZATION, "lanes 16-31 of warp 0", "divergent_barrier line 11");
        }
    }
}
