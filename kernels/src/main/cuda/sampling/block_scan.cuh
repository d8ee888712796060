// What the threads of a block have to tell each other: the largest of their numbers, and whose share of a sum holds a place in it.
// Blocks are whole warps, at most 32 of them. All threads must call each function.
#pragma once

#include "logit_row.cuh"

struct BlockScan {
    static constexpr int WARP = 32;
    static constexpr unsigned ALL_LANES = 0xffffffffu;

    // one a warp, in shared memory
    Mass* warps;

    // The largest value, known to all threads.
    __device__ __forceinline__ Mass largest(Mass value) const {
        value = largestOfWarp(value);
        publish(WARP - 1, value);
        return largestOfWarp(lane() < warpCount() ? warps[lane()] : 0);
    }

    // The sum of the values of all threads before this one; total is that of all.
    __device__ __forceinline__ Mass before(Mass own, Mass& total) const {
        const Mass inclusive = sumUpToLane(own);
        publish(WARP - 1, inclusive);
        const Mass upToWarp = sumUpToLane(lane() < warpCount() ? warps[lane()] : 0);
        total = __shfl_sync(ALL_LANES, upToWarp, WARP - 1);
        const int warp = threadIdx.x / WARP;
        const Mass earlier = __shfl_sync(ALL_LANES, upToWarp, warp > 0 ? warp - 1 : 0);
        return (warp > 0 ? earlier : 0) + inclusive - own;
    }

    static __device__ __forceinline__ int lane() {
        return threadIdx.x % WARP;
    }

    static __device__ __forceinline__ Mass sumOfWarp(Mass value) {
        for (int offset = WARP / 2; offset > 0; offset /= 2) {
            value += __shfl_xor_sync(ALL_LANES, value, offset);
        }
        return value;
    }

private:
    static __device__ __forceinline__ int warpCount() {
        return blockDim.x / WARP;
    }

    // Shows the value of one lane of each warp to all threads. The first barrier is for those that still read what was shown before.
    __device__ __forceinline__ void publish(int from, Mass value) const {
        __syncthreads();
        if (lane() == from) {
            warps[threadIdx.x / WARP] = value;
        }
        __syncthreads();
    }

    static __device__ __forceinline__ Mass largestOfWarp(Mass value) {
        for (int offset = WARP / 2; offset > 0; offset /= 2) {
            const Mass other = __shfl_xor_sync(ALL_LANES, value, offset);
            value = other > value ? other : value;
        }
        return value;
    }

    static __device__ __forceinline__ Mass sumUpToLane(Mass value) {
        for (int offset = 1; offset < WARP; offset *= 2) {
            const Mass other = __shfl_up_sync(ALL_LANES, value, offset);
            value += lane() >= offset ? other : 0;
        }
        return value;
    }
};
