package dev.panacea.runtime.cuda;

/** A {@code __device__} or {@code __constant__} variable of a module: its device address and bytes. */
public record GlobalVariable(long address, long bytes) { }
