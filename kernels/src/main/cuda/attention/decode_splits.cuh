// How the keys that one query sees are shared among blocks: 256 to each, counted from the beginning of the cache. So a sequence's result
// does not depend on its neighbours in the batch, on the capacity of the cache, or on the card.
#pragma once

struct DecodeSplits {
    // CudaAttentionDecode.java has the same
    static constexpr int KEYS = 256;

    // the keys that are seen: begin (inclusive) to length (exclusive)
    int begin;
    int length;

    // window 0 for none
    static __device__ __forceinline__ DecodeSplits of(int length, int window) {
        return {window > 0 && window < length ? length - window : 0, length};
    }

    __device__ __forceinline__ int count() const {
        return (length + KEYS - 1) / KEYS - begin / KEYS;
    }

    __device__ __forceinline__ int firstKey(int split) const {
        return max(begin, (begin / KEYS + split) * KEYS);
    }

    __device__ __forceinline__ int endKey(int split) const {
        return min(length, (begin / KEYS + split + 1) * KEYS);
    }
};

// What attention over one split leaves: the largest score, as a power of 2, and the sum of exp2(score - largest).
struct DecodeStatistics {
    float largest;
    float sum;
};
