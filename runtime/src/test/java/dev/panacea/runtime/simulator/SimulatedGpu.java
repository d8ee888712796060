package dev.panacea.runtime.simulator;

import dev.panacea.runtime.cuda.CudaModule;
import dev.panacea.runtime.cuda.CudaStream;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchArguments;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A simulated GPU on which tests run small kernels: {@code k(out, in, n)} with two pointers and an int. */
final class SimulatedGpu {
    static final String HEADER = """
        .version 7.8
        .target sm_80
        .address_size 64
        """;
    private static final String PROLOGUE = """
        .visible .entry k(.param .u64 out, .param .u64 in, .param .u32 n)
        {
            .reg .pred %p<32>;
            .reg .b16 %h<32>;
            .reg .b32 %r<64>;
            .reg .f32 %f<64>;
            .reg .b64 %rd<64>;
            .reg .f64 %fd<32>;
            ld.param.u64 %rd1, [out];
            ld.param.u64 %rd2, [in];
            ld.param.u32 %r1, [n];
            cvta.to.global.u64 %rd1, %rd1;
            cvta.to.global.u64 %rd2, %rd2;
            mov.u32 %r2, %tid.x;
            mov.u32 %r3, %ctaid.x;
            mov.u32 %r4, %ntid.x;
            mad.lo.u32 %r5, %r3, %r4, %r2;
            mul.wide.u32 %rd3, %r5, 8;
            add.u64 %rd4, %rd1, %rd3;
            add.u64 %rd5, %rd2, %rd3;
        """;
    private static final KernelSignature SIGNATURE = KernelSignature.of(KernelSignature.Kind.POINTER, KernelSignature.Kind.POINTER,
        KernelSignature.Kind.INT);

    final SimulatedDriver driver;

    SimulatedGpu(SimulatorOptions options) {
        driver = new SimulatedDriver(options);
        driver.setCurrent(driver.retainPrimaryContext(0));
    }

    SimulatedGpu() {
        this(SimulatorOptions.defaults().withInstructionLimit(50_000_000));
    }

    /**
     * A kernel around {@code body}, in which %r1 is n, %r2 the thread, %r3 the block, %r4 the block's threads, %r5 the thread in the
     * grid, %rd1 and %rd2 out and in, %rd4 and %rd5 the thread's eight bytes of each.
     */
    static String kernel(String body) {
        return HEADER + PROLOGUE + body + "\nret;\n}\n";
    }

    static CudaStream stream() {
        return CudaStream.DEFAULT;
    }

    CudaModule load(String ptx) {
        return driver.load("test", ptx.getBytes(StandardCharsets.UTF_8));
    }

    /** Runs {@code k} of {@code ptx} and returns what it left in {@code outputs} words that were poison before. */
    long[] run(String ptx, LaunchGeometry geometry, long[] inputs, int n, int outputs) {
        CudaModule module = load(ptx);
        long in = upload(inputs);
        long out = driver.allocate(8L * outputs);
        driver.fillBytes(out, (byte) 0xA5, 8L * outputs, stream());
        launch(module, geometry, out, in, n);
        long[] result = download(out, outputs);
        driver.free(in);
        driver.free(out);
        driver.unload(module);
        return result;
    }

    void launch(CudaModule module, LaunchGeometry geometry, long out, long in, int n) {
        try (Arena arena = Arena.ofConfined()) {
            driver.launch(driver.function(module, "k"), geometry, stream(),
                new LaunchArguments(SIGNATURE, arena).setPointer(0, out).setPointer(1, in).set(2, n));
        }
    }

    /** The same for one block, with as many outputs as threads. */
    long[] run(String body, int threads, long... inputs) {
        return run(kernel(body), new LaunchGeometry(1, threads), inputs, inputs.length, threads);
    }

    int[] runWords(String body, int threads, long... inputs) {
        return Arrays.stream(run(body, threads, inputs)).mapToInt(value -> (int) value).toArray();
    }

    long upload(long... values) {
        long[] padded = values.length == 0 ? new long[1] : values;
        long address = driver.allocate(8L * padded.length);
        try (Arena arena = Arena.ofConfined()) {
            driver.copyToDevice(address, arena.allocateFrom(ValueLayout.JAVA_LONG, padded), stream());
        }
        return address;
    }

    long[] download(long address, int count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(8L * count, 8);
            driver.copyToHost(segment, address, stream());
            return segment.toArray(ValueLayout.JAVA_LONG);
        }
    }
}
