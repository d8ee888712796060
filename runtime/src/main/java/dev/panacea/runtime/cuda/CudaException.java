package dev.panacea.runtime.cuda;

/** A call of the driver that failed: which, how, and what to do about it. */
public final class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final CudaError error;

    /**
     * @param call the function as the driver names it, for example {@code cuLaunchKernel}
     * @param detail what the caller knows of it: kernel, grid, bytes asked for; empty for nothing
     */
    public CudaException(String call, CudaError error, String detail) {
        super(call + " failed with " + error + (detail.isEmpty() ? "" : ": " + detail)
            + (error.advice().isEmpty() ? "" : "; " + error.advice()));
        this.call = call;
        this.error = error;
    }

    public String call() {
        return call;
    }

    public CudaError error() {
        return error;
    }
}
