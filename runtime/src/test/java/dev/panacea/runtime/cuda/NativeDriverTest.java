package dev.panacea.runtime.cuda;

import static dev.panacea.runtime.cuda.DriverTester.refuses;
import static dev.panacea.runtime.cuda.DriverTester.says;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.runtime.bindings.CudaLibraries;
import dev.panacea.runtime.bindings.FakeCuda;
import dev.panacea.runtime.cuda.KernelSignature.Kind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What only a driver that fails on demand, and shows what reached it, can tell of both native drivers. */
@Isolated("sets system properties")
class NativeDriverTest {
    private static final int UNHEARD_OF = 805;

    enum Native {
        FFM(ConformanceSubject::ffmOnFake),
        JCUDA(ConformanceSubject::jcudaOnFake);

        private final Supplier<ConformanceSubject> subject;

        Native(Supplier<ConformanceSubject> subject) {
            this.subject = subject;
        }
    }

    private final long seed = System.nanoTime();
    private final SplittableRandom random = new SplittableRandom(seed);
    private FakeCuda fake;
    private DriverTester tester;

    @BeforeEach
    void requireFake() {
        fake = CudaLibraries.requireFake();
    }

    @AfterEach
    void close() {
        CudaLibraries.fake().ifPresent(FakeCuda::reset);
        if (tester != null) {
            tester.close();
        }
    }

    private CudaDriver open(Native kind) {
        ConformanceSubject subject = kind.subject.get();
        assumeTrue(subject.driver().isPresent(), subject.absence());
        tester = new DriverTester(subject.driver().get());
        return subject.driver().get();
    }

    private LaunchArguments arguments(Kind... kinds) {
        return new LaunchArguments(KernelSignature.of(kinds), tester.arena());
    }

    @ParameterizedTest
    @EnumSource
    void aLaunchArrivesWhole(Native kind) {
        CudaDriver driver = open(kind);
        CudaFunction function = tester.function("store_geometry");
        LaunchArguments arguments = arguments(Kind.POINTER).setPointer(0, tester.poisoned(28));
        for (int i = 0; i < 30; i++) {
            Dimensions cluster = new Dimensions(random.nextInt(1, 3), random.nextInt(1, 3), random.nextInt(1, 3));
            Dimensions grid = new Dimensions(2 * random.nextInt(1, 3), 2, 2);
            Dimensions block = new Dimensions(random.nextInt(1, 9), random.nextInt(1, 9), random.nextInt(1, 9));
            boolean cooperative = random.nextBoolean();
            var geometry = new LaunchGeometry(grid, block, random.nextInt(16_000), cooperative, cluster);
            driver.launch(function, geometry, tester.stream(), arguments);
            FakeCuda.Launch launch = fake.lastLaunch();
            assertEquals(List.of(list(grid), list(block), list(cluster)),
                List.of(launch.grid(), launch.block(), launch.cluster()), "seed " + seed);
            assertEquals(geometry.dynamicSharedBytes(), launch.sharedBytes(), "seed " + seed);
            assertEquals(cooperative, launch.cooperative(), "seed " + seed);
            assertEquals(tester.stream().handle(), launch.stream());
            assertEquals("store_geometry", launch.kernel());
            assertEquals(-1, arguments.values().mismatch(MemorySegment.ofArray(launch.parameters())));
        }
    }

    private static List<Integer> list(Dimensions extents) {
        return List.of(extents.x(), extents.y(), extents.z());
    }

    @ParameterizedTest
    @EnumSource
    void unfinishedWorkIsNoFailure(Native kind) {
        CudaDriver driver = open(kind);
        CudaEvent event = driver.createEvent(false);
        fake.inject("cuStreamQuery", CudaError.NOT_READY.code());
        assertFalse(driver.isDone(tester.stream()));
        assertTrue(driver.isDone(tester.stream()));
        fake.inject("cuEventQuery", CudaError.NOT_READY.code());
        assertFalse(driver.isDone(event));
        fake.inject("cuEventQuery", CudaError.INVALID_HANDLE.code());
        refuses(CudaError.INVALID_HANDLE, () -> driver.isDone(event));
        driver.destroy(event);
    }

    @ParameterizedTest
    @EnumSource
    void faultsLoseTheContextAndSaySo(Native kind) {
        CudaDriver driver = open(kind);
        fake.inject("cuStreamSynchronize", CudaError.ILLEGAL_ADDRESS.code());
        CudaException thrown = refuses(CudaError.ILLEGAL_ADDRESS, () -> driver.synchronize(tester.stream()));
        assertTrue(thrown.error().sticky());
        says(thrown, "cuStreamSynchronize", "700", "the context is lost", "start the process anew", NativeErrors.SYNCHRONOUS_PROPERTY);
        refuses(CudaError.ILLEGAL_ADDRESS, () -> driver.allocate(16));
        fake.reset();
        driver.free(driver.allocate(16));
    }

    @ParameterizedTest
    @EnumSource
    void aSynchronousDriverNamesTheKernelThatFailed(Native kind) {
        System.setProperty(NativeErrors.SYNCHRONOUS_PROPERTY, "true");
        CudaDriver driver;
        try {
            driver = open(kind);
        } finally {
            System.clearProperty(NativeErrors.SYNCHRONOUS_PROPERTY);
        }
        CudaFunction function = tester.function("empty");
        LaunchArguments arguments = arguments();
        driver.beginCapture(tester.stream());
        driver.launch(function, new LaunchGeometry(3, 64), tester.stream(), arguments);
        driver.destroy(driver.endCapture(tester.stream()));
        fake.inject("cuStreamSynchronize", CudaError.MISALIGNED_ADDRESS.code());
        says(refuses(CudaError.MISALIGNED_ADDRESS, () -> driver.launch(function, new LaunchGeometry(3, 64), tester.stream(), arguments)),
            "kernel empty", "x=3", "x=64");
    }

    @ParameterizedTest
    @EnumSource
    void statusesThatOnlyTheDriverKnowsAreNamed(Native kind) {
        CudaDriver driver = open(kind);
        fake.inject("cuCtxSynchronize", UNHEARD_OF);
        says(assertThrows(CudaException.class, driver::synchronize), "CUDA_ERROR_MPS_CONNECTION_FAILED (805)", "MPS client");
        fake.inject("cuCtxSynchronize", 123456);
        says(assertThrows(CudaException.class, driver::synchronize), "123456");
    }

    @ParameterizedTest
    @EnumSource
    void aLaunchThatIsRefusedTellsItsGeometryAndArguments(Native kind) {
        CudaDriver driver = open(kind);
        CudaFunction function = tester.function("store_geometry");
        LaunchArguments arguments = arguments(Kind.POINTER);
        for (String call : List.of("cuLaunchKernel", "cuLaunchCooperativeKernel", "cuLaunchKernelEx")) {
            fake.inject(call, CudaError.LAUNCH_OUT_OF_RESOURCES.code());
            var plain = new LaunchGeometry(17, 96);
            LaunchGeometry geometry = switch (call) {
                case "cuLaunchKernel" -> plain;
                case "cuLaunchCooperativeKernel" -> plain.cooperatively();
                default -> plain.inClusters(new Dimensions(2));
            };
            says(refuses(CudaError.LAUNCH_OUT_OF_RESOURCES, () -> driver.launch(function, geometry, tester.stream(), arguments)),
                call, "store_geometry", "x=17", "x=96", "POINTER");
        }
    }

    @ParameterizedTest
    @EnumSource
    void argumentsOfAClosedArenaAreRefused(Native kind) {
        CudaDriver driver = open(kind);
        CudaFunction function = tester.function("empty");
        LaunchArguments arguments;
        try (Arena arena = Arena.ofConfined()) {
            arguments = new LaunchArguments(KernelSignature.of(Kind.INT), arena);
            driver.launch(function, new LaunchGeometry(1, 1), tester.stream(), arguments);
        }
        assertThrows(IllegalStateException.class, () -> driver.launch(function, new LaunchGeometry(1, 1), tester.stream(), arguments));
    }

    @ParameterizedTest
    @EnumSource
    void aLaunchAllocatesNothing(Native kind) {
        CudaDriver driver = open(kind);
        CudaFunction function = tester.function("store_geometry");
        LaunchArguments arguments = arguments(Kind.POINTER).setPointer(0, tester.poisoned(28));
        for (LaunchGeometry geometry : List.of(new LaunchGeometry(1, 32), new LaunchGeometry(1, 32).cooperatively(),
            new LaunchGeometry(2, 32).inClusters(new Dimensions(2)))) {
            launch(driver, function, geometry, arguments, 30_000);
            long bytes = launch(driver, function, geometry, arguments, 30_000);
            // A compiler thread's work is not counted, but this thread may meet a few bytes of the JVM's own.
            assertTrue(bytes < 30_000, geometry + ": " + bytes + " bytes in 30,000 launches");
        }
    }

    private long launch(CudaDriver driver, CudaFunction function, LaunchGeometry geometry, LaunchArguments arguments, int count) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < count; i++) {
            arguments.setPointer(0, arguments.values().get(ValueLayout.JAVA_LONG, 0));
            driver.launch(function, geometry, tester.stream(), arguments);
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @ParameterizedTest
    @EnumSource
    void objectsGivenBackAreRefused(Native kind) {
        CudaDriver driver = open(kind);
        CudaStream stream = driver.createStream();
        driver.destroy(stream);
        assertThrows(RuntimeException.class, () -> driver.synchronize(stream));
        CudaModule module = driver.load("twice.ptx", DriverTester.ptx());
        assertEquals("info: read by a fake compiler", module.log());
        driver.unload(module);
        assertThrows(RuntimeException.class, () -> driver.function(module, "empty"));
    }

    @ParameterizedTest
    @EnumSource
    void theCompilersWordsAreInTheException(Native kind) {
        CudaDriver driver = open(kind);
        String text = new String(DriverTester.ptx(), StandardCharsets.UTF_8);
        byte[] unclosed = text.substring(0, text.lastIndexOf('}')).getBytes(StandardCharsets.UTF_8);
        says(refuses(CudaError.INVALID_PTX, () -> driver.load("unclosed.ptx", unclosed)),
            "PTX .version 7.0, .target sm_80", "Ptx assembly aborted");
        byte[] future = text.replace(".version 7.0", ".version 99.0")
            .getBytes(StandardCharsets.UTF_8);
        says(refuses(CudaError.UNSUPPORTED_PTX_VERSION, () -> driver.load("future.ptx", future)),
            "PTX .version 99.0, .target sm_80", "driver for CUDA 13.0", "current version is '9.0'", "update NVIDIA's driver");
    }
}
