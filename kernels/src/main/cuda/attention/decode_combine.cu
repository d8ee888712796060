// Joins what decode.cu left of the splits of one query's keys: output = Σ weight·partial / Σ weight·sum, where a split's weight is
// exp2(its largest score - the largest of all).
//
// Tile: a block a query head of a sequence; each of its four warps takes every fourth split, 16 bytes a lane, and the warps' sums are added
// in order. Floor: bytes of the partial sums over the rate at which the card reads, out of its second-level cache.

#include "../common/pack.cuh"
#include "decode_splits.cuh"

namespace {

constexpr int WARP = 32;
constexpr int WARPS = 4;
constexpr int MOST_COLUMNS = 256;
constexpr unsigned ALL_LANES = 0xffffffffu;

__device__ __forceinline__ float largestOf(const DecodeStatistics* statistics, int splits, int lane) {
    float largest = -INFINITY;
    for (int split = lane; split < splits; split += WARP) {
        largest = fmaxf(largest, statistics[split].largest);
    }
    for (int offset = WARP / 2; offset > 0; offset /= 2) {
        largest = fmaxf(largest, __shfl_xor_sync(ALL_LANES, largest, offset));
    }
    return largest;
}

template <typename T>
__device__ __forceinline__ void combine(const float* __restrict__ partials, const DecodeStatistics* __restrict__ allStatistics,
                                        const int* __restrict__ lengths, T* __restrict__ output, int queryHeads, int headDimension,
                                        int mostSplits, int window) {
    __shared__ float4 sums[WARPS][MOST_COLUMNS / 4];
    __shared__ float weights[WARPS];
    const int lane = threadIdx.x % WARP;
    const int warp = threadIdx.x / WARP;
    const int splits = DecodeSplits::of(lengths[blockIdx.x / queryHeads], window).count();
    const size_t first = static_cast<size_t>(blockIdx.x) * mostSplits;
    const DecodeStatistics* statistics = allStatistics + first;
    const float largest = largestOf(statistics, splits, lane);
    for (int column = lane * 4; column < headDimension; column += WARP * 4) {
        float4 sum = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        float weightSum = 0.0f;
#pragma unroll 4
        for (int split = warp; split < splits; split += WARPS) {
            const float weight = exp2f(statistics[split].largest - largest);
            const float4 part = *reinterpret_cast<const float4*>(partials + (first + split) * headDimension + column);
            weightSum = fmaf(statistics[split].sum, weight, weightSum);
            sum.x = fmaf(part.x, weight, sum.x);
            sum.y = fmaf(part.y, weight, sum.y);
            sum.z = fmaf(part.z, weight, sum.z);
            sum.w = fmaf(part.w, weight, sum.w);
        }
        sums[warp][column / 4] = sum;
        if (column == 0) {
            weights[warp] = weightSum;
        }
    }
    __syncthreads();
    const int column = threadIdx.x * 4;
    if (column < headDimension) {
        Pack<T, 4> out = {};
        float total = 0.0f;
#pragma unroll
        for (int w = 0; w < WARPS; w++) {
            const float4 part = sums[w][threadIdx.x];
            total += weights[w];
            out.values[0] += part.x;
            out.values[1] += part.y;
            out.values[2] += part.z;
            out.values[3] += part.w;
        }
#pragma unroll
        for (int i = 0; i < 4; i++) {
            out.values[i] /= total;
        }
        out.store(output + static_cast<size_t>(blockIdx.x) * headDimension + column);
    }
}

}  // namespace

#define ATTENTION_DECODE_COMBINE(name, type)                                                                                  \
    extern "C" __global__ void __launch_bounds__(WARPS * WARP)                                                                \
    attention_decode_combine_##name(const float* partials, const DecodeStatistics* statistics, const int* lengths,            \
                                    type* output, int queryHeads, int headDimension, int mostSplits, int window) {            \
        combine<type>(partials, statistics, lengths, output, queryHeads, headDimension, mostSplits, window);                  \
    }

ATTENTION_DECODE_COMBINE(bf16, __nv_bfloat16)
ATTENTION_DECODE_COMBINE(f16, __half)
