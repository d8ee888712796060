// A place in the order of ids: the first token at which a running sum over them passes a target.
#pragma once

#include "block_scan.cuh"

struct FirstBeyond {
    // where a search goes on
    struct Part {
        int index;
        Mass before;
    };

    BlockScan scan;
    // in shared memory
    Part* found;

    // The first id whose running sum of measure(logit) exceeds target, which the sum over all must do. The warps add up a part of the ids
    // each, then of the part that holds the target, until there is a thread for each id.
    template <typename Measure>
    __device__ __forceinline__ int id(const LogitRow& row, Mass target, Measure measure) const {
        const int warps = blockDim.x / BlockScan::WARP;
        int from = 0;
        int length = row.vocabulary;
        while (length > blockDim.x) {
            const int partLength = (length + warps - 1) / warps;
            const int start = threadIdx.x / BlockScan::WARP * partLength;
            const int end = min(start + partLength, length);
            Mass own = 0;
#pragma unroll 4
            for (int i = start + BlockScan::lane(); i < end; i += BlockScan::WARP) {
                own += measure(row.logits[from + i]);
            }
            // lanes take ids in turns, so only the sum of a warp is that of a part
            const Mass ofPart = BlockScan::sumOfWarp(own);
            const Part part = holding(BlockScan::lane() == 0 ? ofPart : 0, target);
            const int chosen = part.index / BlockScan::WARP * partLength;
            target -= part.before;
            from += chosen;
            length = min(partLength, length - chosen);
        }
        const bool valid = threadIdx.x < length;
        return from + holding(valid ? measure(row.logits[from + threadIdx.x]) : 0, target).index;
    }

private:
    // The thread whose own share passes the target.
    __device__ __forceinline__ Part holding(Mass own, Mass target) const {
        Mass total;
        const Mass before = scan.before(own, total);
        if (before <= target && target - before < own) {
            *found = {static_cast<int>(threadIdx.x), before};
        }
        __syncthreads();
        return *found;
    }
};
