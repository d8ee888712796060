package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.cuda.CudaError;

/** A fault of one lane, before the warp has added where it was. */
final class LaneFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final CudaError error;
    private final int lane;

    LaneFault(CudaError error, int lane, String message) {
        super(message, null, false, false);
        this.error = error;
        this.lane = lane;
    }

    CudaError error() {
        return error;
    }

    int lane() {
        return lane;
    }
}
