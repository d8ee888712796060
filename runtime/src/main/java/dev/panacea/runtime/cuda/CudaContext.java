package dev.panacea.runtime.cuda;

/** A CUcontext: one device as this process sees it. */
public record CudaContext(long handle) { }
