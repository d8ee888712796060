package dev.panacea.runtime.simulator.checks;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.runtime.cuda.CudaDriver;
import dev.panacea.runtime.cuda.CudaModule;
import dev.panacea.runtime.cuda.CudaStream;
import dev.panacea.runtime.cuda.CudaToolkit;
import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchArguments;
import dev.panacea.runtime.cuda.LaunchGeometry;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kernels of one CUDA file on a simulated GPU that is watched by all checks. */
final class KernelBench {
    private final CheckedLaunches checks = new CheckedLaunches();
    private final CudaDriver driver = new SimulatedDriver(SimulatorOptions.defaults().withObservers(checks.observers()));
    private final CudaModule module;

    KernelBench(String name, byte[] ptx) {
        driver.setCurrent(driver.retainPrimaryContext(0));
        module = driver.load(name, ptx);
    }

    /** What nvcc makes of {@code src/test/cuda/checks/NAME.cu}; the test is skipped without nvcc. */
    static byte[] compile(String name, Path folder) throws IOException {
        Optional<CudaToolkit> toolkit = CudaToolkit.find();
        assumeTrue(toolkit.isPresent(), "no nvcc to compile " + name + ".cu");
        Path ptx = folder.resolve(name + ".ptx");
        var outcome = toolkit.get().compile(Path.of("src/test/cuda/checks", name + ".cu"), ptx, "compute_80");
        assertTrue(outcome.succeeded(), outcome.output());
        return Files.readAllBytes(ptx);
    }

    /** Device memory that nobody has written. */
    long raw(long bytes) {
        return driver.allocate(bytes);
    }

    /** Device memory of zeros. */
    long zeros(long bytes) {
        long address = raw(bytes);
        driver.fillBytes(address, (byte) 0, bytes, CudaStream.DEFAULT);
        return address;
    }

    /** Integers are numbers, longs device addresses. */
    KernelBench run(String kernel, int blocks, int threads, Object... arguments) {
        return launch(kernel, new LaunchGeometry(new Dimensions(blocks), new Dimensions(threads), 0), arguments);
    }

    KernelBench launch(String kernel, LaunchGeometry geometry, Object... arguments) {
        KernelSignature.Kind[] kinds = Arrays.stream(arguments)
            .map(value -> value instanceof Long ? KernelSignature.Kind.POINTER : KernelSignature.Kind.INT)
            .toArray(KernelSignature.Kind[]::new);
        try (Arena arena = Arena.ofConfined()) {
            LaunchArguments values = new LaunchArguments(KernelSignature.of(kinds), arena);
            for (int i = 0; i < arguments.length; i++) {
                if (arguments[i] instanceof Long address) {
                    values.setPointer(i, address);
                } else {
                    values.set(i, (int) (Integer) arguments[i]);
                }
            }
            driver.launch(driver.function(module, kernel), geometry, CudaStream.DEFAULT, values);
            driver.synchronize();
        }
        return this;
    }

    void free(long address) {
        driver.free(address);
    }

    List<Finding> findings() {
        return checks.findings();
    }

    List<Finding> leaks() {
        return checks.leaks();
    }

    LaunchCounters counters() {
        return checks.launches().getLast();
    }
}
