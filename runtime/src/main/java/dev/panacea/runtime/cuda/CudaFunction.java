package dev.panacea.runtime.cuda;

/** A CUfunction: one kernel of a module. */
public record CudaFunction(long handle, String name) { }
