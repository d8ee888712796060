// One row of logits, read by a whole block: its elements, the order they have, and what each weighs in a draw.
#pragma once

#include <cstdint>

using Mass = unsigned long long;

// Unsigned integers in the order of the logits that they stand for; the two zeros are one.
__device__ __forceinline__ unsigned keyOf(float logit) {
    const unsigned bits = __float_as_uint(logit + 0.0f);
    return (bits >> 31) != 0 ? ~bits : bits | 0x80000000u;
}

__device__ __forceinline__ float logitOf(unsigned key) {
    return __uint_as_float((key >> 31) != 0 ? key & 0x7fffffffu : ~key);
}

struct LogitRow {
    const float* logits;
    int vocabulary;

    static __device__ __forceinline__ LogitRow ofBlock(const float* logits, int vocabulary) {
        return {logits + static_cast<size_t>(blockIdx.x) * vocabulary, vocabulary};
    }

    // Calls body(logit, id) for every id once, in any order; 16 bytes an access between the ends, wherever the row begins.
    template <typename Body>
    __device__ __forceinline__ void forEach(Body body) const {
        const int misaligned = static_cast<int>(reinterpret_cast<uintptr_t>(logits) / sizeof(float) % 4);
        const int head = min((4 - misaligned) % 4, vocabulary);
        const int packs = (vocabulary - head) / 4;
        for (int pack = threadIdx.x; pack < packs; pack += blockDim.x) {
            const int id = head + pack * 4;
            const float4 four = *reinterpret_cast<const float4*>(logits + id);
            body(four.x, id);
            body(four.y, id + 1);
            body(four.z, id + 2);
            body(four.w, id + 3);
        }
        // at most three before the packs and three after them
        const int rest = threadIdx.x < head ? threadIdx.x : packs * 4 + threadIdx.x;
        if (rest < vocabulary && threadIdx.x < vocabulary - packs * 4) {
            body(logits[rest], rest);
        }
    }
};

// The weight of a logit, exp((logit - largest) / temperature), as a multiple of 2^-45. Sums of whole numbers are exact and the same in any
// order; 2^18 tokens stay below 2^64, and what rounding takes from a share is below 2^-27.
struct Weights {
    static constexpr int FRACTION_BITS = 45;
    static constexpr int MANTISSA_BITS = 23;

    double largest;
    // log2(e) / temperature
    double doublingsPerLogit;

    __device__ __forceinline__ Mass of(float logit) const {
        const double doublings = (logit - largest) * doublingsPerLogit;
        if (!(doublings >= -FRACTION_BITS - 1.0)) {
            return 0;
        }
        const int whole = __double2int_rd(doublings);
        const float power = exp2f(static_cast<float>(doublings - whole));
        const unsigned mantissa = static_cast<unsigned>(power * (1 << MANTISSA_BITS));
        const int shift = whole + FRACTION_BITS - MANTISSA_BITS;
        return shift >= 0 ? static_cast<Mass>(mantissa) << shift : (mantissa + (1u << (-shift - 1))) >> -shift;
    }
};
