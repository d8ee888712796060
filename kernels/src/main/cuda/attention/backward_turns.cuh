// Adds in a fixed order. Of the key tiles that add to one dQ tile, the one at the lower position goes first; a counter in global memory for
// each warp's part says how many have. A block takes its key tile by ticket, and tiles are handed out by rising position, so whoever it
// waits for has started before it: none waits for a block that is not running yet, however few the device holds at once.
#pragma once

// The next item of a queue, for one thread of a block to ask. Without a queue the block's number.
__device__ __forceinline__ int takeItem(int* ticket) {
    return ticket == nullptr ? blockIdx.x : atomicAdd(ticket, 1);
}

// What the warp does after this comes after all that those before it did ahead of passTurn.
__device__ __forceinline__ void awaitTurn(const int* done, int before) {
    if (threadIdx.x % 32 == 0) {
        int seen;
        do {
            asm volatile("ld.acquire.gpu.global.s32 %0, [%1];" : "=r"(seen) : "l"(done) : "memory");
        } while (seen != before);
    }
    __syncwarp();
}

__device__ __forceinline__ void passTurn(int* done) {
    __syncwarp();
    if (threadIdx.x % 32 == 0) {
        asm volatile("red.release.gpu.global.add.s32 [%0], 1;" ::"l"(done) : "memory");
    }
}

template <int OFFSET>
__device__ __forceinline__ void addTo(float* sums, float value) {
    asm volatile("red.relaxed.gpu.global.add.f32 [%0+%2], %1;" ::"l"(sums), "f"(value), "n"(4 * OFFSET) : "memory");
}
