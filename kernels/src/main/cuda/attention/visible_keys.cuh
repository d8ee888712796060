// Which keys of its sequence a query sees: a range of positions, [first, last], and in it all keys or those that a mask leaves.
#pragma once

#include <cstdint>

// The range, of a sequence of length tokens; window 0 is none.
struct VisibleRange {
    int length;
    int window;
    bool causal;

    __device__ __forceinline__ int first(int position) const {
        return window == 0 ? 0 : max(0, position - window + 1);
    }

    __device__ __forceinline__ int last(int position) const {
        const int end = length - 1;
        return causal ? min(position, end) : window != 0 && end - position >= window ? position + window - 1 : end;
    }
};

// The mask of KEYS keys from one position on, a bit each; every warp makes it for itself. COLUMN is the first key of a lane's fragments.
template <int KEYS>
struct KeyBits {
    static constexpr int WORDS = KEYS / 32;
    bool seen[WORDS];

    // Begins the reading, long before hides() needs it. keyMask is the sequence's.
    __device__ __forceinline__ void load(const uint8_t* keyMask, int from, int length) {
#pragma unroll
        for (int w = 0; w < WORDS; w++) {
            const int key = from + 32 * w + threadIdx.x % 32;
            seen[w] = key < length && keyMask[key] != 0;
        }
    }

    // The bits from column on, in words: bit 8·(t % 4) + e of word t / 4 is that of column + 8·t + e.
    __device__ __forceinline__ void words(unsigned (&bits)[WORDS], int column) const {
#pragma unroll
        for (int w = 0; w < WORDS; w++) {
            bits[w] = __ballot_sync(0xffffffffu, seen[w]) >> column;
        }
    }
};
