package dev.panacea.runtime.simulator.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.simulator.observation.InstructionClass;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kernels whose counts follow from their source. */
class MeasuredKernelsTest {
    private static byte[] ptx;
    private final KernelBench bench = new KernelBench("measured.cu", ptx);
    private final long out = bench.zeros(1024);

    @BeforeAll
    static void compile(@TempDir Path folder) throws IOException {
        ptx = KernelBench.compile("measured", folder);
    }

    private SharedTraffic shared(Predicate<LineCounters> which) {
        return bench.counters().lines().stream().filter(which).map(LineCounters::shared).reduce(SharedTraffic.NONE, SharedTraffic::plus);
    }

    private static Predicate<LineCounters> of(InstructionClass type) {
        return line -> line.site().type() == type;
    }

    @ParameterizedTest
    @CsvSource({"0,1", "1,1", "2,2", "4,4", "8,8", "16,16", "32,32", "33,1"})
    void strideInSharedMemoryConflicts(int stride, int wavefronts) {
        bench.run("strided_shared", 1, 32, out, stride);
        SharedTraffic loads = shared(of(InstructionClass.SHARED_LOAD));
        assertEquals(1, loads.requests());
        assertEquals(wavefronts, loads.wavefronts());
        assertEquals(0, shared(of(InstructionClass.SHARED_STORE)).conflicts());
    }

    @Test
    void vectorsInSharedMemoryDoNotConflict() {
        bench.run("vectors_in_shared", 1, 32, out);
        assertEquals(8, bench.counters().shared().wavefronts());
        assertEquals(0, bench.counters().shared().conflicts());
    }

    @ParameterizedTest
    @CsvSource({"0,28", "1,0"})
    void swizzlingMatrixRowsAvoidsConflicts(int swizzle, int conflicts) {
        bench.run("matrix_rows", 1, 32, out, swizzle);
        assertEquals(conflicts, shared(of(InstructionClass.MATRIX_LOAD)).conflicts());
    }

    @ParameterizedTest
    @CsvSource({"1,4", "2,8", "32,32"})
    void strideInGlobalMemoryCostsSectors(int stride, int sectors) {
        bench.run("strided_global", 1, 32, out, bench.zeros(4096), stride);
        assertEquals(new Traffic(1, sectors, 128), bench.counters().globalLoads());
        assertEquals(new Traffic(1, 4, 128), bench.counters().globalStores());
    }

    @Test
    void misalignedVectorsCostOneSectorMore() {
        long in = bench.zeros(1024);
        assertEquals(16, bench.run("vectors_in_global", 1, 32, out, in).counters().globalLoads().sectors());
        assertEquals(17, bench.run("vectors_in_global", 1, 32, out, in + 16).counters().globalLoads().sectors());
    }

    @Test
    void floatingPointOperations() {
        bench.run("fused_multiply_adds", 2, 32, out, 10);
        assertEquals(new Flops(0, 2 * 2 * 32 * 10, 0, 0), bench.counters().flops());
        bench.run("tensor_product", 1, 64, out);
        assertEquals(2 * 2 * 16 * 8 * 16, bench.counters().flops().tensor());
    }

    @Test
    void divergence() {
        bench.run("divergent", 1, 32, out);
        assertTrue(bench.counters().divergentBranches() > 3, bench.counters().table());
        assertTrue(bench.counters().activeLanes() < 24, bench.counters().table());
    }
}
