package dev.panacea.kernels.cache;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/** Puts new keys and values, of however many sequences, where a key/value cache keeps them. */
public interface CacheStore {

    /** This family on {@code device}. */
    static CacheStore on(Device device) {
        return switch (device) {
            case HostDevice host -> new HostCacheStore(host);
            case CudaDevice cuda -> new CudaCacheStore(cuda);
        };
    }

    /**
     * Copies row i of {@code key} to row {@code places[i]} of {@code keyCache}, and of {@code value} likewise, bit by bit. The four
     * matrices are of one dtype, F32, BF16 or F16, row-major and distinct.
     *
     * @param width elements of a row, keyValueHeads · headDimension
     * @param capacity rows of either cache, over all its sequences
     * @param places I32 [rows], distinct, each in [0, capacity); a CUDA device, which alone sees one outside, stores its row nowhere
     * @param key (rows, width), value likewise
     * @param keyCache (capacity, width), valueCache likewise; other rows keep what they hold
     * @throws IllegalArgumentException on the host, naming the first place outside the cache, before anything is stored
     */
    void store(int rows, int width, int capacity, Buffer places, Buffer key, Buffer value, Buffer keyCache, Buffer valueCache);
}
