// Sums of exponentials under their maximum: Σ exp(xᵢ) = exp(most) · sum. Two of them merge without overflow, whatever the xᵢ.
#pragma once

#include <cfloat>

// e to the power of x, good to a few units in the last place; 0 far below.
__device__ __forceinline__ float exponential(float x) {
    constexpr float LOG2_E = 1.4426950408889634f;
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x * LOG2_E));
    return y;
}

struct LogSum {
    float most;
    float sum;

    static __device__ __forceinline__ LogSum empty() {
        return {-FLT_MAX, 0.0f};
    }

    __device__ __forceinline__ void add(float otherMost, float otherSum) {
        const float top = fmaxf(most, otherMost);
        sum = sum * exponential(most - top) + otherSum * exponential(otherMost - top);
        most = top;
    }

    // Over the lanes of a warp, in an order that is always the same, known to all of them.
    __device__ __forceinline__ void addLanes() {
        for (int offset = 16; offset > 0; offset /= 2) {
            const float otherMost = __shfl_xor_sync(0xffffffffu, most, offset);
            const float otherSum = __shfl_xor_sync(0xffffffffu, sum, offset);
            add(otherMost, otherSum);
        }
    }
};
