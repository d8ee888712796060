package dev.panacea.runtime.simulator.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels without fault, which nothing may accuse. */
class CleanKernelsTest {
    private static byte[] ptx;
    private final KernelBench bench = new KernelBench("clean.cu", ptx);
    private final long out = bench.raw(8192);
    private final long in = bench.zeros(8192);

    @BeforeAll
    static void compile(@TempDir Path folder) throws IOException {
        ptx = KernelBench.compile("clean", folder);
    }

    @AfterEach
    void isClean() {
        assertEquals(List.of(), bench.findings());
    }

    @Test
    void treeReduction() {
        bench.run("tree_reduction", 4, 64, out, in);
    }

    @Test
    void reductionWithWarpBarriers() {
        bench.run("warp_reduction_in_shared", 1, 64, out, in);
    }

    @Test
    void reductionWithShuffles() {
        bench.run("shuffle_reduction", 1, 64, out, in);
    }

    @Test
    void doubleBufferedPipeline() {
        bench.run("pipeline", 1, 64, out, in, 7);
        assertEquals(2, bench.counters().async().greatestInFlight());
    }

    @Test
    void histogramWithAtomics() {
        bench.run("histogram", 4, 64, bench.zeros(64), in);
    }

    @Test
    void reductionOfTheGrid() {
        bench.launch("grid_reduction", new LaunchGeometry(4, 64).cooperatively(), bench.zeros(16), out, in);
    }

    @Test
    void reductionByTheLastBlock() {
        bench.run("last_block_reduction", 4, 64, bench.raw(16), bench.zeros(4), out, in);
    }

    @Test
    void producerAndConsumer() {
        bench.run("producer_and_consumer", 1, 64, out, in, 6);
    }

    @Test
    void bytesSideBySide() {
        bench.run("bytes_side_by_side", 4, 64, out, in);
    }

    @Test
    void earlyReturn() {
        bench.run("early_return", 1, 64, out, 40);
    }

    @Test
    void compareAndSwap() {
        bench.run("compare_and_swap", 4, 64, bench.zeros(4));
    }

    @Test
    void calledFunction() {
        bench.run("called_function", 1, 64, out, in);
        assertEquals(0, bench.counters().localBytes());
    }

    @Test
    void lock() {
        bench.run("spin_lock", 8, 64, bench.zeros(4), bench.zeros(4));
    }
}
