package dev.panacea.kernels.attention;

/**
 * How the backward of attention on a CUDA device adds up dQ, to which every tile of keys gives a part; the host is always in order. Parts
 * are float32 either way.
 */
public enum Accumulation {
    /** By rising position of the keys: the same call gives the same bits. */
    ORDERED,
    /** As they come, which is the fastest: results differ from call to call by what float32 sums in another order do. */
    UNORDERED
}
