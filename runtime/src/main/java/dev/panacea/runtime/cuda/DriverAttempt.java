package dev.panacea.runtime.cuda;

import dev.panacea.runtime.bindings.JCudaLibrary;
import dev.panacea.runtime.bindings.LibCuda;
import dev.panacea.runtime.bindings.MissingLibraryException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A driver that was tried, and what was found. */
record DriverAttempt(DriverFinding finding, Optional<CudaDriver> driver) {
    private static final Pattern VERSION_IN_NAME = Pattern.compile("libcuda\\.so\\.(\\d+(?:\\.\\d+)+)");
    private static final String NO_JCUDA = "nothing but a second opinion: foreign functions reach the same driver";
    private static final String NO_GPU = "no NVIDIA GPU can be used";

    static DriverAttempt jcuda() {
        return attempt("jcuda", NO_JCUDA, () -> {
            CudaDriver driver = JCudaDriver.load();
            return found(driver, JCudaLibrary.load().toString(), "JCuda " + JCudaLibrary.version() + " on " + version(driver));
        });
    }

    static DriverAttempt ffm() {
        return attempt("ffm", NO_GPU, () -> {
            CudaDriver driver = FfmDriver.load();
            return found(driver, LibCuda.load().file(), version(driver));
        });
    }

    static DriverAttempt simulator(Supplier<CudaDriver> simulator) {
        return found(simulator.get(), "", "");
    }

    private static DriverAttempt found(CudaDriver driver, String where, String version) {
        return new DriverAttempt(new DriverFinding(driver.name(), where, version, "", ""), Optional.of(driver));
    }

    /** What {@code opener} finds; its failure is a finding too. */
    static DriverAttempt attempt(String name, String cost, Supplier<DriverAttempt> opener) {
        try {
            return opener.get();
        } catch (MissingLibraryException | CudaException | IllegalStateException | UncheckedIOException e) {
            return new DriverAttempt(new DriverFinding(name, "", "", e.getMessage(), cost), Optional.empty());
        }
    }

    private static String version(CudaDriver driver) {
        String cuda = "CUDA " + driver.version() / 1000 + "." + driver.version() % 1000 / 10;
        Matcher number = VERSION_IN_NAME.matcher(LibCuda.load().file());
        return number.find() ? "NVIDIA driver " + number.group(1) + ", " + cuda : "libcuda for " + cuda;
    }
}
