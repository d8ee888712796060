package dev.panacea.runtime.cuda;

/** Device memory of the current context, in bytes. */
public record MemoryInfo(long free, long total) { }
