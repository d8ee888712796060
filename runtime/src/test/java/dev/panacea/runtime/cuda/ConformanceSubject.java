package dev.panacea.runtime.cuda;

import dev.panacea.runtime.bindings.CudaLibraries;
import dev.panacea.runtime.bindings.FakeCuda;
import dev.panacea.runtime.bindings.LibCuda;
import dev.panacea.runtime.bindings.MissingLibraryException;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import java.util.Optional;
import java.util.function.Function;

/**
 * A driver that the contract is checked on.
 *
 * @param driver empty where this machine lacks it
 * @param absence why it is empty
 * @param fake what lies under it, where that is the fake; it knows kernels by name only
 */
record ConformanceSubject(String name, Optional<CudaDriver> driver, String absence, Optional<FakeCuda> fake) {

    static ConformanceSubject ffmOnInstalled() {
        return onInstalled("ffm", FfmDriver::new);
    }

    static ConformanceSubject jcudaOnInstalled() {
        return onInstalled("jcuda", JCudaDriver::new);
    }

    static ConformanceSubject ffmOnFake() {
        return onFake("ffm", FfmDriver::new);
    }

    static ConformanceSubject jcudaOnFake() {
        return CudaLibraries.installed().isEmpty() ? onFake("jcuda", JCudaDriver::new)
            : absent("jcuda on the fake", "in this process JCuda is bound to the installed driver");
    }

    static ConformanceSubject simulator() {
        return new ConformanceSubject("simulator", Optional.of(new SimulatedDriver(SimulatorOptions.defaults())), "", Optional.empty());
    }

    private static ConformanceSubject onInstalled(String name, Function<LibCuda, CudaDriver> opener) {
        String title = name + " on the installed driver";
        return CudaLibraries.installed().map(library -> open(title, opener, library, Optional.empty()))
            .orElseGet(() -> absent(title, CudaLibraries.whyNotInstalled()));
    }

    private static ConformanceSubject onFake(String name, Function<LibCuda, CudaDriver> opener) {
        String title = name + " on the fake";
        return CudaLibraries.fake().map(fake -> open(title, opener, fake.library(), Optional.of(fake)))
            .orElseGet(() -> absent(title, CudaLibraries.whyNotFaked()));
    }

    private static ConformanceSubject open(String title, Function<LibCuda, CudaDriver> opener, LibCuda library, Optional<FakeCuda> fake) {
        try {
            return new ConformanceSubject(title, Optional.of(opener.apply(library)), "", fake);
        } catch (CudaException | MissingLibraryException e) {
            return absent(title, e.getMessage());
        }
    }

    private static ConformanceSubject absent(String title, String reason) {
        return new ConformanceSubject(title, Optional.empty(), reason, Optional.empty());
    }
}
