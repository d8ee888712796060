// What the lanes of a warp tell each other: shuffles in every mode and width, votes, matches, masks. Row k of `out` holds result k.
#include "rows.cuh"

constexpr unsigned ALL = 0xffffffff;

extern "C" __global__ void shuffles(int n, const int* __restrict__ in, const int* __restrict__ sources, int* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    const int value = in[i];
    const int source = sources[i];
    Rows<int> row{out, n, i, 0};
    row(__shfl_sync(ALL, value, 7));
    row(__shfl_sync(ALL, value, source));
    row(__shfl_sync(ALL, value, source, 8));
    row(__shfl_up_sync(ALL, value, 3));
    row(__shfl_up_sync(ALL, value, 5, 16));
    row(__shfl_down_sync(ALL, value, 3));
    row(__shfl_down_sync(ALL, value, 1, 4));
    row(__shfl_xor_sync(ALL, value, 21));
    row(__shfl_xor_sync(ALL, value, 3, 8));
    row(__float_as_int(__shfl_xor_sync(ALL, __int_as_float(value), 16)));
    const long long wide = __shfl_sync(ALL, static_cast<long long>(value) << 20, source);
    row(static_cast<int>(wide >> 20));
    row(__double2int_rn(__shfl_down_sync(ALL, static_cast<double>(value), 9)));
}

// The predicate of shfl says whether the lane it reads lies in its segment.
extern "C" __global__ void segments(int n, const int* __restrict__ in, int* __restrict__ out) {
    const int i = threadIdx.x;
    Rows<int> row{out, n, i, 0};
    int result;
    int inside;
    asm volatile("{ .reg .pred p; shfl.sync.up.b32 %0|p, %2, 4, 0x1800, -1; selp.s32 %1, 1, 0, p; }"
                 : "=r"(result), "=r"(inside) : "r"(in[i]));
    row(result);
    row(inside);
    asm volatile("{ .reg .pred p; shfl.sync.down.b32 %0|p, %2, 4, 0x181f, -1; selp.s32 %1, 1, 0, p; }"
                 : "=r"(result), "=r"(inside) : "r"(in[i]));
    row(result);
    row(inside);
    asm volatile("{ .reg .pred p; shfl.sync.bfly.b32 %0|p, %2, 12, 0x0007, -1; selp.s32 %1, 1, 0, p; }"
                 : "=r"(result), "=r"(inside) : "r"(in[i]));
    row(result);
    row(inside);
}

extern "C" __global__ void votes(int n, int limit, const int* __restrict__ in, int* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    const bool above = in[i] > limit;
    Rows<int> row{out, n, i, 0};
    row(__ballot_sync(ALL, above));
    row(__any_sync(ALL, above));
    row(__all_sync(ALL, above));
    int uniform;
    asm volatile("{ .reg .pred p, q; setp.ne.s32 p, %1, 0; vote.sync.uni.pred q, p, -1; selp.s32 %0, 1, 0, q; }"
                 : "=r"(uniform) : "r"(static_cast<int>(above)));
    row(uniform);
    // Each half of the warp votes on its own, one within each side of a branch.
    const bool lower = threadIdx.x % 32 < 16;
    int half;
    if (lower) {
        half = __ballot_sync(0x0000ffff, above);
    } else {
        half = __ballot_sync(0xffff0000, !above);
    }
    row(half);
}

extern "C" __global__ void matches(int n, const int* __restrict__ in, int* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    const int value = in[i] & 3;
    Rows<int> row{out, n, i, 0};
    row(__match_any_sync(ALL, value));
    row(__match_any_sync(ALL, static_cast<long long>(value) << 33));
    int same;
    row(__match_all_sync(ALL, value, &same));
    row(same);
    row(__match_all_sync(ALL, value >> 2, &same));
    row(same);
}

extern "C" __global__ void masks(int n, int* __restrict__ out) {
    const int i = threadIdx.x;
    Rows<int> row{out, n, i, 0};
    unsigned mask;
    asm("mov.u32 %0, %%lanemask_eq;" : "=r"(mask));
    row(mask);
    asm("mov.u32 %0, %%lanemask_lt;" : "=r"(mask));
    row(mask);
    asm("mov.u32 %0, %%lanemask_le;" : "=r"(mask));
    row(mask);
    asm("mov.u32 %0, %%lanemask_gt;" : "=r"(mask));
    row(mask);
    asm("mov.u32 %0, %%lanemask_ge;" : "=r"(mask));
    row(mask);
    row(__fns(0x90f0f012, 0, i % 9 + 1));
    row(warpSize);
    row(__activemask());
}

// Lanes that share a key add up within the warp; the first of them writes, as aggregated atomics do.
extern "C" __global__ void aggregated(const int* __restrict__ in, int* sums) {
    const int key = in[blockIdx.x * blockDim.x + threadIdx.x] & 7;
    const unsigned peers = __match_any_sync(ALL, key);
    unsigned below;
    asm("mov.u32 %0, %%lanemask_lt;" : "=r"(below));
    if ((peers & below) == 0) {
        atomicAdd(&sums[key], __popc(peers));
    }
}

// Stream compaction of a warp: those above the limit, in order.
extern "C" __global__ void compacted(int limit, const int* __restrict__ in, int* __restrict__ out, int* __restrict__ counts) {
    const int warp = (blockIdx.x * blockDim.x + threadIdx.x) / 32;
    const int value = in[blockIdx.x * blockDim.x + threadIdx.x];
    const unsigned kept = __ballot_sync(ALL, value > limit);
    unsigned below;
    asm("mov.u32 %0, %%lanemask_lt;" : "=r"(below));
    if (value > limit) {
        out[warp * 32 + __popc(kept & below)] = value;
    }
    if (threadIdx.x % 32 == 0) {
        counts[warp] = __popc(kept);
    }
}

// A bitonic sort of the 32 values of a warp by exchanges alone.
extern "C" __global__ void bitonic(const int* __restrict__ in, int* __restrict__ out) {
    const int lane = threadIdx.x % 32;
    int value = in[blockIdx.x * blockDim.x + threadIdx.x];
#pragma unroll
    for (int size = 2; size <= 32; size *= 2) {
#pragma unroll
        for (int distance = size / 2; distance > 0; distance /= 2) {
            const int other = __shfl_xor_sync(ALL, value, distance);
            const bool ascending = (lane & size) == 0;
            const bool lower = (lane & distance) == 0;
            value = ascending == lower ? min(value, other) : max(value, other);
        }
    }
    out[blockIdx.x * blockDim.x + threadIdx.x] = value;
}
