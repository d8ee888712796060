package dev.panacea.runtime.cuda;

/** A CUgraph: work that was captured instead of run. */
public record CudaGraph(long handle) { }
