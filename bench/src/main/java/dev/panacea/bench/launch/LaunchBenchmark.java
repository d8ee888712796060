package dev.panacea.bench.launch;

import dev.panacea.runtime.cuda.CudaDriver;
import dev.panacea.runtime.cuda.CudaFunction;
import dev.panacea.runtime.cuda.CudaGraph;
import dev.panacea.runtime.cuda.CudaGraphExec;
import dev.panacea.runtime.cuda.CudaStream;
import dev.panacea.runtime.cuda.DriverChoice;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.KernelSignature.Kind;
import dev.panacea.runtime.cuda.LaunchArguments;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to give an empty kernel of eleven arguments to the driver, one by one and as a captured graph. Without a GPU the calls
 * end in a stand-in, so that only the way to the driver is measured, and not the driver.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LaunchBenchmark {
    private static final int CAPTURED = 64;
    private static final LaunchGeometry GEOMETRY = new LaunchGeometry(108, 128);
    private static final KernelSignature SIGNATURE = KernelSignature.of(Kind.POINTER, Kind.POINTER, Kind.POINTER, Kind.POINTER,
        Kind.POINTER, Kind.INT, Kind.INT, Kind.INT, Kind.FLOAT, Kind.FLOAT, Kind.LONG);
    private static final String PTX = """
        .version 7.0
        .target sm_80
        .address_size 64
        .visible .entry empty(
            .param .u64 p0, .param .u64 p1, .param .u64 p2, .param .u64 p3, .param .u64 p4,
            .param .u32 p5, .param .u32 p6, .param .u32 p7, .param .f32 p8, .param .f32 p9, .param .u64 p10
        )
        {
            ret;
        }
        """;

    @Param({"ffm", "jcuda"})
    private String driver;

    private CudaDriver cuda;
    private CudaStream stream;
    private CudaFunction empty;
    private LaunchArguments arguments;
    private CudaGraphExec graph;

    @Setup(Level.Trial)
    public void open() throws IOException, InterruptedException {
        cuda = choose(DriverChoice.Request.of(driver));
        cuda.setCurrent(cuda.retainPrimaryContext(0));
        stream = cuda.createStream();
        empty = cuda.function(cuda.load("empty.ptx", PTX.getBytes(StandardCharsets.US_ASCII)), "empty");
        arguments = new LaunchArguments(SIGNATURE, Arena.global());
        cuda.check(empty, SIGNATURE);
        cuda.beginCapture(stream);
        for (int i = 0; i < CAPTURED; i++) {
            cuda.launch(empty, GEOMETRY, stream, arguments);
        }
        CudaGraph captured = cuda.endCapture(stream);
        graph = cuda.instantiate(captured);
        cuda.destroy(captured);
    }

    private static CudaDriver choose(DriverChoice.Request request) throws IOException, InterruptedException {
        DriverChoice installed = DriverChoice.of(request, LaunchBenchmark::noSimulator);
        if (installed.driver().isPresent()) {
            System.out.println("# " + installed.reason());
            return installed.driver().get();
        }
        System.setProperty("panacea.libcuda", FakeLibrary.compile().toString());
        DriverChoice standIn = DriverChoice.of(request, LaunchBenchmark::noSimulator);
        System.out.println("# no GPU (" + installed.reason() + "): measured against a stand-in that runs no kernel; " + standIn.reason());
        return standIn.driver().orElseThrow(() -> new IllegalStateException(standIn.reason()));
    }

    private static CudaDriver noSimulator() {
        throw new IllegalArgumentException("launches of the simulator are no launches of a driver");
    }

    /** The queue of a GPU is bounded, so that no iteration may begin with another's work in it. */
    @TearDown(Level.Iteration)
    public void drain() {
        cuda.synchronize(stream);
    }

    /** With two arguments set anew. */
    @Benchmark
    public void launch() {
        arguments.set(5, arguments.signature().count()).setPointer(0, 256);
        cuda.launch(empty, GEOMETRY, stream, arguments);
    }

    @Benchmark
    @OperationsPerInvocation(CAPTURED)
    public void graph() {
        cuda.launch(graph, stream);
    }
}
