package dev.panacea.runtime.cuda;

/** A CUstream: work that runs in the order in which it was given. */
public record CudaStream(long handle) {
    /** The legacy stream that every context has. */
    public static final CudaStream DEFAULT = new CudaStream(0);
}
