// The sum over a block in float64, in an order that its threads alone fix, so that it is the same bits every time.
#pragma once

struct BlockSum {
    static constexpr int THREADS = 256;
    static constexpr int WARP = 32;
    static constexpr int WARPS = THREADS / WARP;

    // Known to thread 0. All threads of a block of THREADS must call it, once.
    static __device__ __forceinline__ double of(double value) {
        __shared__ double warps[WARPS];
        value = ofWarp(value, WARP);
        if (threadIdx.x % WARP == 0) {
            warps[threadIdx.x / WARP] = value;
        }
        __syncthreads();
        return threadIdx.x < WARP ? ofWarp(threadIdx.x < WARPS ? warps[threadIdx.x] : 0.0, WARPS) : 0.0;
    }

private:
    static __device__ __forceinline__ double ofWarp(double value, int width) {
        for (int offset = width / 2; offset > 0; offset /= 2) {
            value += __shfl_xor_sync(0xffffffffu, value, offset);
        }
        return value;
    }
};
