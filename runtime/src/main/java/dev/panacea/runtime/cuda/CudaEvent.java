package dev.panacea.runtime.cuda;

/** A CUevent: a mark in a stream. */
public record CudaEvent(long handle) { }
