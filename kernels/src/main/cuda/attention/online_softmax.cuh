// Softmax over keys that arrive tile by tile (Milakov and Gimelshein 2018; Dao 2023). The exponent's base is 2: with
// factor = scale · log2 e the exponential of a score s is exp2(s · factor - most · factor), one FFMA and one MUFU. The running sum stays
// each lane's own, over the columns that it holds, until finish().
//
// Scores and outputs are the D fragments of 16-row blocks: of block b a lane holds row group as half 0 and row group + 8 as half 1.
#pragma once

__device__ __forceinline__ float exp2Approximately(float x) {
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

template <int BLOCKS>
struct OnlineSoftmax {
    float most[BLOCKS][2];
    float sum[BLOCKS][2];

    __device__ __forceinline__ OnlineSoftmax() {
#pragma unroll
        for (int b = 0; b < BLOCKS; b++) {
            most[b][0] = most[b][1] = -INFINITY;
            sum[b][0] = sum[b][1] = 0.0f;
        }
    }

    // Scores become exponentials; outputs shrink to the new maximum. Unless MASKED, every row sees some key of the tile.
    template <bool MASKED, int KEY_TILES, int COLUMN_TILES>
    __device__ __forceinline__ void step(float (&scores)[BLOCKS][KEY_TILES][4], float (&outputs)[BLOCKS][COLUMN_TILES][4], float factor) {
#pragma unroll
        for (int b = 0; b < BLOCKS; b++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const float before = most[b][half];
                float now = before;
#pragma unroll
                for (int t = 0; t < KEY_TILES; t++) {
                    now = fmaxf(now, fmaxf(scores[b][t][2 * half], scores[b][t][2 * half + 1]));
                }
                now = fmaxf(now, __shfl_xor_sync(0xffffffffu, now, 1));
                now = fmaxf(now, __shfl_xor_sync(0xffffffffu, now, 2));
                most[b][half] = now;
                // a row that has seen no key yet has only scores of -∞, whose exponentials must be 0
                const float offset = MASKED && now == -INFINITY ? 0.0f : -now * factor;
                const float shrink = exp2Approximately(fmaf(before, factor, offset));
                float total = sum[b][half] * shrink;
#pragma unroll
                for (int t = 0; t < KEY_TILES; t++) {
#pragma unroll
                    for (int e = 2 * half; e < 2 * half + 2; e++) {
                        scores[b][t][e] = exp2Approximately(fmaf(scores[b][t][e], factor, offset));
                        total += scores[b][t][e];
                    }
                }
                sum[b][half] = total;
#pragma unroll
                for (int t = 0; t < COLUMN_TILES; t++) {
                    outputs[b][t][2 * half] *= shrink;
                    outputs[b][t][2 * half + 1] *= shrink;
                }
            }
        }
    }

    // Normalizes the outputs of one row and returns its log-sum-exp to base e; 0 and +∞ for a row that saw no key.
    template <int COLUMN_TILES>
    __device__ __forceinline__ float finish(float (&outputs)[BLOCKS][COLUMN_TILES][4], int b, int half, float scale) {
        float total = sum[b][half];
        total += __shfl_xor_sync(0xffffffffu, total, 1);
        total += __shfl_xor_sync(0xffffffffu, total, 2);
        const float inverse = total == 0.0f ? 0.0f : 1.0f / total;
#pragma unroll
        for (int t = 0; t < COLUMN_TILES; t++) {
            outputs[b][t][2 * half] *= inverse;
            outputs[b][t][2 * half + 1] *= inverse;
        }
        return total == 0.0f ? INFINITY : fmaf(most[b][half], scale, logf(total));
    }
};
