package dev.panacea.cli;

import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.LibraryFinding;
import dev.panacea.runtime.cuda.CudaDriver;
import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.cuda.CudaToolkit;
import dev.panacea.runtime.cuda.DeviceProperties;
import dev.panacea.runtime.cuda.DriverChoice;
import dev.panacea.runtime.cuda.DriverFinding;
import dev.panacea.runtime.cuda.NvidiaLibraries;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What of CUDA this machine has. Nothing of it is needed to train on the CPU, so whatever is missing is said with what that costs. */
final class CudaExamination {
    private static final double GIB = 1 << 30;
    private static final Supplier<CudaDriver> SIMULATOR = () -> new SimulatedDriver(SimulatorOptions.defaults());

    private CudaExamination() { }

    static List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        DriverChoice.survey(SIMULATOR).forEach(driver -> findings.add(driver(driver)));
        DriverChoice choice = DriverChoice.of(DriverChoice.Request.AUTO, SIMULATOR);
        findings.add(Finding.fine("driver", choice.driver().map(driver -> "--driver auto takes " + driver.name())
            .orElse("--driver auto takes none, as neither can be used")));
        choice.driver().ifPresent(driver -> findings.addAll(devices(driver)));
        NvidiaLibraries.findings().forEach(library -> findings.add(library(library)));
        findings.add(Finding.fine("nvcc", CudaToolkit.find().map(toolkit -> toolkit.version() + ", " + toolkit.nvcc())
            .orElse("none in CUDA_HOME, CUDA_PATH, PATH or the usual folder; without it a build carries no PTX")));
        findings.add(Finding.fine("kernels", Kernels.carryPtx() ? "this build carries PTX for compute capability 8.0 and later"
            : "this build carries no PTX, so no kernel runs on a CUDA device; install the CUDA toolkit and build again"));
        return findings;
    }

    private static Finding driver(DriverFinding driver) {
        String name = driver.driver();
        if (!driver.usable()) {
            return Finding.fine(name, "not here: " + driver.problem() + " (" + driver.cost() + ")");
        }
        return Finding.fine(name, driver.where().isEmpty() ? "there" : driver.version() + " from " + driver.where());
    }

    private static List<Finding> devices(CudaDriver driver) {
        List<Finding> devices = new ArrayList<>();
        try {
            for (int ordinal = 0; ordinal < driver.deviceCount(); ordinal++) {
                DeviceProperties device = DeviceProperties.of(driver, ordinal);
                devices.add(Finding.fine("cuda:" + ordinal, String.format(Locale.ROOT, "%s, compute capability %d.%d, %d multiprocessors, "
                    + "%.1f GiB", device.name(), device.major(), device.minor(), device.multiprocessors(), device.memoryBytes() / GIB)));
            }
        } catch (CudaException e) {
            devices.add(Finding.missing("CUDA", e.getMessage()));
        }
        return devices;
    }

    private static Finding library(LibraryFinding library) {
        return switch (library) {
            case LibraryFinding.Found found -> Finding.fine(found.name(), found.version() + " from " + found.path());
            case LibraryFinding.Missing missing ->
                Finding.fine(missing.name(), "not here: " + missing.reason() + " (" + missing.cost() + ")");
        };
    }
}
