package dev.panacea.runtime.simulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.cuda.CudaEvent;
import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.cuda.CudaFunction;
import dev.panacea.runtime.cuda.CudaGraph;
import dev.panacea.runtime.cuda.CudaGraphExec;
import dev.panacea.runtime.cuda.CudaModule;
import dev.panacea.runtime.cuda.CudaStream;
import dev.panacea.runtime.cuda.FunctionAttribute;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchArguments;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the driver does around launches: loading, checks, streams and graphs. */
class DriverTest {
    private static final KernelSignature.Kind POINTER = KernelSignature.Kind.POINTER;
    private static final KernelSignature.Kind INT = KernelSignature.Kind.INT;
    private static final String ADD = SimulatedGpu.kernel("ld.global.u64 %rd10, [%rd2]; cvt.u64.u32 %rd11, %r1; add.u64 %rd10, %rd10, %rd11;"
        + "st.global.u64 [%rd1], %rd10;");

    private final SimulatedGpu gpu = new SimulatedGpu();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        frobnicate.u32 %r10, %r11;                           | is not an instruction that the simulated GPU knows
        wgmma.fence.sync.aligned;                            | needs sm_90 hardware
        cp.async.bulk.commit_group;                          | needs sm_90 hardware
        add.u32 %rd10, %rd11, %rd12;                         | takes registers of up to 32 bits
        add.u32 %r10, %r11;                                  | has 2 operands and should have 3
        bra NOWHERE;                                         | there is no label NOWHERE
        mov.u32 %r10, nothing;                               | names nothing, which is not declared
        mov.u32 %r10, %tensor;                               | reads %tensor
        call unknown, (%r10);                                | calls unknown, which this module does not define
        mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%rd1}, {%rd1}, {%rd1}, {%rd1}; | is a matrix product that
        """)
    void whatIsNotKnownIsToldWhenItIsLoaded(String instruction, String message) {
        CudaException thrown = assertThrows(CudaException.class, () -> gpu.load(SimulatedGpu.kernel(instruction)));
        assertEquals(CudaError.INVALID_PTX, thrown.error());
        assertTrue(thrown.getMessage().contains(message), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("line 24"), thrown.getMessage());
    }

    @Test
    void machineCodeIsRefused() {
        CudaException thrown = assertThrows(CudaException.class, () -> gpu.driver.load("a.cubin", new byte[] {0x7f, 'E', 'L', 'F', 2, 1}));
        assertTrue(thrown.getMessage().contains("a.cubin is machine code"), thrown.getMessage());
    }

    @Test
    void functionsTellTheirAttributes() {
        CudaModule module = gpu.load(SimulatedGpu.kernel(".shared .align 4 .b8 a[100]; .local .align 4 .b8 b[12]; mov.u32 %r10, a;"));
        CudaFunction function = gpu.driver.function(module, "k");
        assertEquals(100, gpu.driver.attribute(function, FunctionAttribute.STATIC_SHARED_BYTES));
        assertEquals(16, gpu.driver.attribute(function, FunctionAttribute.LOCAL_BYTES));
        assertEquals(78, gpu.driver.attribute(function, FunctionAttribute.PTX_VERSION));
        assertEquals(2, gpu.driver.residentBlocks(function, 1024, 0));
        assertEquals(CudaError.NOT_FOUND, assertThrows(CudaException.class, () -> gpu.driver.function(module, "other")).error());
    }

    @Test
    void signaturesThatAreNotTheKernelsAreRefused() {
        CudaFunction function = gpu.driver.function(gpu.load(ADD), "k");
        assertDoesNotThrow(() -> gpu.driver.check(function, KernelSignature.of(POINTER, POINTER, INT)));
        assertTrue(assertThrows(CudaException.class, () -> gpu.driver.check(function, KernelSignature.of(POINTER, INT, INT))).getMessage()
            .contains("k: argument 1 has 8 bytes"));
        assertTrue(assertThrows(CudaException.class, () -> gpu.driver.check(function, KernelSignature.of(POINTER))).getMessage()
            .contains("takes 3 arguments"));
    }

    @Test
    void launchesKeepToTheirLimits() {
        CudaModule module = gpu.load(ADD.replace("\n{", "\n.maxntid 64\n{"));
        assertTrue(assertThrows(CudaException.class, () -> gpu.launch(module, new LaunchGeometry(1, 65), 0, 0, 0)).getMessage()
            .contains("at most 64"));
        CudaFunction function = gpu.driver.function(module, "k");
        assertThrows(CudaException.class, () -> gpu.driver.setAttribute(function, FunctionAttribute.MAX_DYNAMIC_SHARED_BYTES, 164 << 10));
        assertDoesNotThrow(() -> gpu.driver.setAttribute(function, FunctionAttribute.MAX_DYNAMIC_SHARED_BYTES, 163 << 10));
    }

    @Test
    void callsNeedAContext() throws InterruptedException {
        CudaError[] error = new CudaError[1];
        Thread stranger = new Thread(() -> error[0] = assertThrows(CudaException.class, () -> gpu.driver.allocate(8)).error());
        stranger.start();
        stranger.join();
        assertEquals(CudaError.INVALID_CONTEXT, error[0]);
    }

    /** Captures {@code out += n} on a stream and a copy of it on a second one that joins. */
    private CudaGraph capture(CudaModule module, long out, long copy, int n) {
        CudaStream first = gpu.driver.createStream();
        CudaStream second = gpu.driver.createStream();
        CudaEvent event = gpu.driver.createEvent(false);
        gpu.driver.beginCapture(first);
        try (Arena arena = Arena.ofConfined()) {
            gpu.driver.launch(gpu.driver.function(module, "k"), new LaunchGeometry(1, 1), first,
                new LaunchArguments(KernelSignature.of(POINTER, POINTER, INT), arena).setPointer(0, out).setPointer(1, out).set(2, n));
        }
        gpu.driver.record(event, first);
        gpu.driver.waitFor(second, event);
        gpu.driver.copyOnDevice(copy, out, 8, second);
        return gpu.driver.endCapture(first);
    }

    @Test
    void graphsReplayWhatWasCaptured() {
        CudaModule module = gpu.load(ADD);
        long out = gpu.upload(100);
        long copy = gpu.upload(0);
        CudaGraph graph = capture(module, out, copy, 5);
        assertArrayEquals(new long[] {100}, gpu.download(out, 1), "a capture runs nothing");
        CudaGraphExec executable = gpu.driver.instantiate(graph);
        gpu.driver.launch(executable, SimulatedGpu.stream());
        gpu.driver.launch(executable, SimulatedGpu.stream());
        assertArrayEquals(new long[] {110}, gpu.download(copy, 1));
        assertTrue(gpu.driver.update(executable, capture(module, out, copy, 1000)));
        gpu.driver.launch(executable, SimulatedGpu.stream());
        assertArrayEquals(new long[] {1110}, gpu.download(copy, 1));
        CudaStream other = gpu.driver.createStream();
        gpu.driver.beginCapture(other);
        gpu.driver.fillInts(out, 7, 2, other);
        assertFalse(gpu.driver.update(executable, gpu.driver.endCapture(other)));
    }

    @Test
    void aStreamThatIsCapturedCannotBeWaitedFor() {
        CudaStream stream = gpu.driver.createStream();
        gpu.driver.beginCapture(stream);
        assertEquals(CudaError.STREAM_CAPTURE_UNSUPPORTED, assertThrows(CudaException.class, () -> gpu.driver.synchronize(stream)).error());
    }
}
