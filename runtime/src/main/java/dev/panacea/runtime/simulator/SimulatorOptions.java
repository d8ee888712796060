package dev.panacea.runtime.simulator;

import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.simulator.observation.LaunchObserver;
import java.util.List;
import java.util.function.Consumer;

/**
 * How a simulated GPU runs.
 *
 * @param model the GPU
 * @param workers threads that the blocks of a launch are spread over, where their order cannot show in the results
 * @param order of the warps of a block
 * @param slice most instructions that a warp runs before another has its turn
 * @param instructionLimit warp instructions of one launch, after which it fails with CUDA_ERROR_LAUNCH_TIMEOUT
 * @param observers what watches launches and memory
 * @param printed takes what kernels print
 */
public record SimulatorOptions(DeviceModel model, int workers, WarpOrder order, int slice, long instructionLimit,
                               List<LaunchObserver> observers, Consumer<String> printed) {

    /** @throws IllegalArgumentException unless workers, slice and limit are positive */
    public SimulatorOptions {
        if (workers < 1 || slice < 1 || instructionLimit < 1) {
            throw new IllegalArgumentException("workers " + workers + ", slice " + slice + " and instruction limit " + instructionLimit
                + " must be positive");
        }
        observers = List.copyOf(observers);
    }

    /** An A800, all cores, warps in rotation, no limit, nobody watching; what kernels print goes nowhere. */
    public static SimulatorOptions defaults() {
        return new SimulatorOptions(DeviceModel.a800(), Runtime.getRuntime().availableProcessors(), WarpOrder.ROUND_ROBIN, 4096,
            Long.MAX_VALUE, List.of(), text -> { });
    }

    /** The one GPU that there is. */
    DeviceModel model(String call, int ordinal) {
        if (ordinal != 0) {
            throw new CudaException(call, CudaError.INVALID_DEVICE, "device " + ordinal + " of 1");
        }
        return model;
    }

    public SimulatorOptions withModel(DeviceModel other) {
        return new SimulatorOptions(other, workers, order, slice, instructionLimit, observers, printed);
    }

    public SimulatorOptions withWorkers(int count) {
        return new SimulatorOptions(model, count, order, slice, instructionLimit, observers, printed);
    }

    public SimulatorOptions withOrder(WarpOrder other) {
        return new SimulatorOptions(model, workers, other, slice, instructionLimit, observers, printed);
    }

    public SimulatorOptions withSlice(int instructions) {
        return new SimulatorOptions(model, workers, order, instructions, instructionLimit, observers, printed);
    }

    public SimulatorOptions withInstructionLimit(long instructions) {
        return new SimulatorOptions(model, workers, order, slice, instructions, observers, printed);
    }

    public SimulatorOptions withObservers(List<LaunchObserver> others) {
        return new SimulatorOptions(model, workers, order, slice, instructionLimit, others, printed);
    }

    /** @param others what watches, in place of what did */
    public SimulatorOptions withObservers(LaunchObserver... others) {
        return withObservers(List.of(others));
    }

    public SimulatorOptions withPrinted(Consumer<String> other) {
        return new SimulatorOptions(model, workers, order, slice, instructionLimit, observers, other);
    }
}
