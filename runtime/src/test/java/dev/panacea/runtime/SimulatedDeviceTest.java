package dev.panacea.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.cuda.Graph;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.KernelSignature.Kind;
import dev.panacea.runtime.cuda.LaunchGeometry;
import dev.panacea.runtime.cuda.PinnedMemory;
import dev.panacea.runtime.cuda.Stream;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import java.io.ByteArrayInputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A whole CUDA device over the simulated GPU: memory, copies, kernels from PTX text, graphs. */
class SimulatedDeviceTest {
    /** x[i] = x[i] * factor for i < n, one thread an element. */
    private static final String SCALE = """
        .version 7.0
        .target sm_80
        .address_size 64
        .visible .entry scale(.param .u64 x, .param .u32 n, .param .f32 factor)
        {
            .reg .pred %p<2>;
            .reg .b32 %r<6>;
            .reg .f32 %f<4>;
            .reg .b64 %rd<4>;
            ld.param.u64 %rd1, [x];
            ld.param.u32 %r1, [n];
            ld.param.f32 %f1, [factor];
            mov.u32 %r2, %ctaid.x;
            mov.u32 %r3, %ntid.x;
            mov.u32 %r4, %tid.x;
            mad.lo.s32 %r5, %r2, %r3, %r4;
            setp.ge.s32 %p1, %r5, %r1;
            @%p1 bra DONE;
            cvta.to.global.u64 %rd2, %rd1;
            mul.wide.s32 %rd3, %r5, 4;
            add.s64 %rd3, %rd2, %rd3;
            ld.global.f32 %f2, [%rd3];
            mul.f32 %f3, %f2, %f1;
            st.global.f32 [%rd3], %f3;
        DONE:
            ret;
        }
        """;
    private static final KernelSignature SIGNATURE = KernelSignature.of(Kind.POINTER, Kind.INT, Kind.FLOAT);
    private static final int COUNT = 1000;

    private final CudaDevice device = CudaDevice.open(new SimulatedDriver(SimulatorOptions.defaults()), 0);
    private final MemoryScope scope = device.openScope("test");

    @AfterEach
    void close() {
        scope.close();
        device.close();
    }

    private Kernel scale() {
        return device.kernel("scale.ptx", name -> new ByteArrayInputStream(SCALE.getBytes(StandardCharsets.US_ASCII)), "scale", SIGNATURE);
    }

    private static float[] random(long seed) {
        var random = new SplittableRandom(seed);
        float[] values = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }

    private static float[] times(float[] values, float factor) {
        float[] scaled = values.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return scaled;
    }

    @Test
    void isNamedAndDescribed() {
        assertEquals("simulator", device.name());
        assertTrue(device.properties().architecture() >= 80, device.properties().toString());
        assertTrue(device.properties().memoryBytes() > 0);
    }

    @Test
    void aKernelFromTextScalesABuffer() {
        Kernel kernel = scale();
        Buffer x = scope.allocate("x", DType.F32, COUNT).copyFrom(random(1));
        Buffer beside = scope.allocate("beside", DType.F32, COUNT).copyFrom(random(2));
        kernel.arguments().setPointer(0, CudaBuffer.address(x)).set(1, COUNT).set(2, 3f);
        kernel.launch(new LaunchGeometry(8, 128), device.computeStream());
        assertArrayEquals(times(random(1), 3), x.toFloats());
        assertArrayEquals(random(2), beside.toFloats());
        kernel.arguments().set(2, 0.5f);
        kernel.launch(new LaunchGeometry(8, 128), device.computeStream());
        assertArrayEquals(times(times(random(1), 3), 0.5f), x.toFloats());
    }

    @Test
    void aSignatureThatIsNotTheKernelsIsRefused() {
        var thrown = assertThrows(CudaException.class, () -> device.kernel("scale.ptx",
            name -> new ByteArrayInputStream(SCALE.getBytes(StandardCharsets.US_ASCII)), "scale", KernelSignature.of(Kind.INT)));
        assertTrue(thrown.getMessage().contains("scale"), thrown.getMessage());
    }

    @Test
    void aGraphOfKernelAndCopyIsLaunchedAgain() {
        Kernel kernel = scale();
        Buffer x = scope.allocate("x", DType.F32, COUNT).copyFrom(random(3));
        Buffer copy = scope.allocate("copy", DType.F32, COUNT);
        kernel.arguments().setPointer(0, CudaBuffer.address(x)).set(1, COUNT).set(2, 2f);
        Stream stream = device.computeStream();
        try (Graph graph = stream.capture(() -> {
            kernel.launch(new LaunchGeometry(8, 128), stream);
            copy.copyFrom(x);
        })) {
            assertFalse(stream.isCapturing());
            assertArrayEquals(random(3), x.toFloats(), "nothing has run");
            graph.launch(stream);
            graph.launch(stream);
            assertArrayEquals(times(random(3), 4), copy.toFloats());
        }
    }

    @Test
    void everyDtypeAndSizeGoesThereAndBack() {
        var random = new SplittableRandom(7);
        for (DType dtype : DType.values()) {
            for (long bytes : new long[] {0, 8, 24, 4104, Staging.SLOT_BYTES + 8}) {
                byte[] values = new byte[(int) bytes];
                random.nextBytes(values);
                CudaBuffer there = CudaBuffer.of(scope.allocate("there", dtype, bytes / dtype.bytes()));
                CudaBuffer again = CudaBuffer.of(scope.allocate("again", dtype, bytes / dtype.bytes()));
                there.copyFrom(MemorySegment.ofArray(values), device.computeStream());
                again.copyFrom(there);
                there.fill((byte) 0);
                byte[] back = new byte[(int) bytes];
                again.copyTo(MemorySegment.ofArray(back));
                assertArrayEquals(values, back, dtype + ", " + bytes + " bytes");
            }
        }
    }

    @Test
    void pinnedMemoryGoesThereAndBackOnAnotherStream() {
        try (var pinned = new PinnedMemory(device.context()); var stream = new Stream(device.context())) {
            MemorySegment from = pinned.allocate(Float.BYTES * (long) COUNT).copyFrom(MemorySegment.ofArray(random(4)));
            MemorySegment to = pinned.allocate(Float.BYTES * (long) COUNT);
            CudaBuffer.of(scope.allocate("x", DType.F32, COUNT)).copyFrom(from, stream).copyTo(to, stream);
            stream.synchronize();
            assertArrayEquals(random(4), to.toArray(ValueLayout.JAVA_FLOAT));
        }
    }

    @Test
    void freshMemoryIsPoisonedAndAFullCardSaysWhatItHolds() {
        assertTrue(Float.isNaN(scope.allocate("fresh", DType.F32, 1).toFloats()[0]));
        long all = device.properties().memoryBytes();
        var thrown = assertThrows(OutOfDeviceMemoryException.class, () -> scope.allocate("more than all", DType.U8, all + 1));
        assertTrue(thrown.getMessage().contains("the card has ") && thrown.getMessage().contains(" of its " + all + " bytes free"),
            thrown.getMessage());
    }

    @Test
    void twoSimulatedDevicesWorkSideBySide() {
        try (var other = CudaDevice.open(new SimulatedDriver(SimulatorOptions.defaults()), 0); var there = other.openScope("there")) {
            Buffer x = scope.allocate("x", DType.F32, COUNT).copyFrom(random(5));
            Buffer y = there.allocate("y", DType.F32, COUNT).copyFrom(random(6));
            assertArrayEquals(random(5), x.toFloats());
            assertArrayEquals(random(6), y.toFloats());
        }
    }
}
