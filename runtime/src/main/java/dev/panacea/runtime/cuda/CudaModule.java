package dev.panacea.runtime.cuda;

/**
 * A CUmodule: loaded code.
 *
 * @param name what messages call it, for example {@code norm/rms_norm.ptx}
 * @param log what the just-in-time compiler said; empty for a cubin
 */
public record CudaModule(long handle, String name, String log) { }
