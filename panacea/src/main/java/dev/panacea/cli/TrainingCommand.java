package dev.panacea.cli;

import dev.panacea.runtime.Device;
import dev.panacea.training.StopSignal;
import dev.panacea.training.StoppedException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What all commands that train have in common: their options, and that a stop leaves a checkpoint to go on from. */
abstract class TrainingCommand implements Callable<Integer> {
    @Option(names = "--resume", description = "Goes on with the run in the run folder.")
    boolean resume;

    @Mixin
    ConfigOptions changes;

    @Mixin
    DeviceOptions machine;

    @Mixin
    ProgressOptions display;

    @Mixin
    OutputOptions output;

    /** Work on an open device that ends early, by a {@link StoppedException}, where the signal asks for it. */
    interface Work {
        void run(Device device, StopSignal stop);
    }

    /**
     * Does the work; Ctrl-C and SIGTERM stop it after a step.
     *
     * @param again how the user goes on after a stop
     */
    final int untilStopped(String again, Work work) {
        try (Interruption interruption = new Interruption(); Device device = machine.open()) {
            try {
                work.run(device, interruption.signal());
                return ExitCode.FINE;
            } catch (StoppedException e) {
                // told in here, while the interruption is open and holds the process
                display.tell(e.getMessage() + "; go on with " + again);
                return ExitCode.INTERRUPTED;
            }
        }
    }
}
