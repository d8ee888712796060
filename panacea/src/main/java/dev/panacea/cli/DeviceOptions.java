package dev.panacea.cli;

import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.cuda.CudaBlas;
import dev.panacea.runtime.cuda.CudaDriver;
import dev.panacea.runtime.cuda.DriverChoice;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** Where a command computes; mixed into every command that does. */
public final class DeviceOptions {
    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto",
        description = "auto, host, cuda, cuda:N, or simulator, a GPU that the CPU imitates, checks and all, for tiny runs; auto is the "
            + "host (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(names = "--driver", paramLabel = "DRIVER", defaultValue = "auto",
        description = "how CUDA is called: jcuda, ffm, or auto for the first of them that works (default: ${DEFAULT-VALUE}).")
    private String driver;

    @Option(names = "--threads", paramLabel = "N",
        description = "CPU threads; results do not depend on it (default: PANACEA_THREADS, or every core).")
    private Optional<Integer> threads;

    /** Whether it is the host. */
    public boolean isHost() {
        return device.equals("auto") || device.equals("host");
    }

    /** CPU threads, where a number was given. */
    public Optional<Integer> threads() {
        return threads;
    }

    /** @throws BadInputException for a device that is not there */
    public Device open() {
        return open(UnaryOperator.identity());
    }

    /**
     * The device, on a CUDA driver that {@code watching} puts something around.
     *
     * @throws BadInputException for a device that is not there
     */
    public Device open(UnaryOperator<CudaDriver> watching) {
        DriverChoice.Request request = request();
        threads.filter(count -> count < 1).ifPresent(count -> {
            throw new BadInputException("--threads " + count + " leaves nothing to compute with; give at least 1");
        });
        Matcher cuda = CUDA.matcher(device);
        if (cuda.matches()) {
            int ordinal = cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1));
            return CudaDevice.open(watching.apply(cudaDriver(request)), ordinal, CudaBlas::on);
        }
        return switch (device) {
            case "auto", "host" -> threads.map(HostDevice::new).orElseGet(HostDevice::new);
            case "simulator" -> CudaDevice.open(watching.apply(simulator()), 0);
            default -> throw new BadInputException("--device " + device + " is no device; use auto, host, cuda, cuda:N or simulator");
        };
    }

    private DriverChoice.Request request() {
        return switch (driver) {
            case "auto" -> DriverChoice.Request.AUTO;
            case "jcuda" -> DriverChoice.Request.JCUDA;
            case "ffm" -> DriverChoice.Request.FFM;
            default -> throw new BadInputException("--driver " + driver + " is no driver; use auto, jcuda or ffm");
        };
    }

    private CudaDriver cudaDriver(DriverChoice.Request request) {
        DriverChoice choice = DriverChoice.of(request, this::simulator);
        return choice.driver().orElseThrow(() -> new BadInputException("--device " + device + " cannot be used: " + choice.reason()
            + "; use --device host"));
    }

    private CudaDriver simulator() {
        SimulatorOptions options = SimulatorOptions.defaults();
        return new SimulatedDriver(threads.map(options::withWorkers).orElse(options));
    }
}
