// A row of a matrix belongs to blockDim.x threads, a power of two; blockDim.y rows share a block, more than one only while a row
// takes no more than a warp. Sums run in an order that the shape alone fixes, so they are the same bits every time.
#pragma once

struct RowGroup {
    static constexpr int WARP = 32;
    // of a row, and of a block; RowGroups.java has the same
    static constexpr int MOST_THREADS = 512;
    static constexpr unsigned ALL_LANES = 0xffffffffu;

    // One sum a warp, for rows that take several.
    float* shared;

    // The sum of value over the threads of a row, known to all of them. All threads of the block must call it.
    __device__ __forceinline__ float sum(float value) const {
        const int width = min(static_cast<int>(blockDim.x), WARP);
        for (int offset = width / 2; offset > 0; offset /= 2) {
            value += __shfl_xor_sync(ALL_LANES, value, offset, width);
        }
        return blockDim.x > WARP ? sumOfWarps(value) : value;
    }

private:
    __device__ __forceinline__ float sumOfWarps(float value) const {
        const int lane = threadIdx.x % WARP;
        const int warps = blockDim.x / WARP;
        __syncthreads();
        if (lane == 0) {
            shared[threadIdx.x / WARP] = value;
        }
        __syncthreads();
        value = lane < warps ? shared[lane] : 0.0f;
        for (int offset = WARP / 2; offset > 0; offset /= 2) {
            value += __shfl_xor_sync(ALL_LANES, value, offset);
        }
        return value;
    }
};
