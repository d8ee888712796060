package dev.panacea.runtime.cuda;

/** A CUgraphExec: a graph ready to be launched again and again. */
public record CudaGraphExec(long handle) { }
