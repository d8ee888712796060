package dev.panacea.runtime.cuda;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A call of the driver that failed: which, how, and what to do about it. */
public final class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String LOST = "the context is lost and every later call will fail: start the process anew";

    private final String call;
    private final CudaError error;

    /**
     * @param call the function as the driver names it, for example {@code cuLaunchKernel}
     * @param detail what the caller knows of it: kernel, grid, bytes asked for; empty for nothing
     */
    public CudaException(String call, CudaError error, String detail) {
        super(call + " failed with " + error + (detail.isEmpty() ? "" : ": " + detail) + advice(error));
        this.call = call;
        this.error = error;
    }

    private static String advice(CudaError error) {
        return Stream.of(error.sticky() ? LOST : "", error.advice()).filter(part -> !part.isEmpty())
            .map(part -> "; " + part).collect(Collectors.joining());
    }

    public String call() {
        return call;
    }

    public CudaError error() {
        return error;
    }
}
