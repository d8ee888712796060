package dev.panacea.cli;

import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where a command computes; mixed into every command that does. */
final class DeviceOptions {
    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto",
        description = "auto or host: the CPU, which is all that this version can use (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(names = "--threads", paramLabel = "N",
        description = "CPU threads; results do not depend on it (default: PANACEA_THREADS, or every core).")
    private Optional<Integer> threads;

    /** @throws BadInputException for a device that is not there */
    Device open() {
        if (device.equals("simulator") || device.equals("cuda") || device.startsWith("cuda:")) {
            throw new BadInputException("--device " + device
                + " is not there yet: this version computes on the CPU only; use --device host");
        }
        if (!device.equals("auto") && !device.equals("host")) {
            throw new BadInputException("--device " + device + " is no device; use auto or host");
        }
        threads.filter(count -> count < 1).ifPresent(count -> {
            throw new BadInputException("--threads " + count + " leaves nothing to compute with; give at least 1");
        });
        return threads.map(HostDevice::new).orElseGet(HostDevice::new);
    }
}
