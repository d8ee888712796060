package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.cuda.CudaError;

/** What stops a launch: the error that the driver reports, and what exactly happened. */
public final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final CudaError error;

    public Fault(CudaError error, String message) {
        super(message);
        this.error = error;
    }

    public CudaError error() {
        return error;
    }
}
