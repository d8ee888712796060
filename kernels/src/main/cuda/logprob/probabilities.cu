// Between the products: the log-sum-exp of each row of a chunk from the partial sums, with it the log-probability, and the exponentials in
// place to what the second product takes of them: -p, or, given the gradient of each log-probability, slope·(onehot - p).
//
// Tile: one row a block. -p scales a pack of 8 by one factor, exp(most of its 64 - log-sum-exp): no exponential an element. Floor: 2 x 2
// bytes of each exponential over the card's copy rate, for 1024 rows of 128,256 tokens 525 MB, 0.33 ms on an A800 and 0.12 ms on an H200:
// 4 % of the two products of as many rows.

#include "../common/pack.cuh"
#include "chunk.cuh"
#include "log_sum.cuh"

namespace {

constexpr int THREADS = 256;
constexpr int PART = 64;

// The log-sum-exp of a row, known to all threads of the block.
__device__ __forceinline__ float logSumExp(const float2* parts, int count) {
    __shared__ LogSum warps[THREADS / 32];
    LogSum total = LogSum::empty();
    for (int i = threadIdx.x; i < count; i += THREADS) {
        total.add(parts[i].x, parts[i].y);
    }
    total.addLanes();
    if (threadIdx.x % 32 == 0) {
        warps[threadIdx.x / 32] = total;
    }
    __syncthreads();
    total = LogSum::empty();
    for (int warp = 0; warp < THREADS / 32; warp++) {
        total.add(warps[warp].most, warps[warp].sum);
    }
    return total.most + logf(total.sum);
}

__device__ __forceinline__ void toSlopes(__nv_bfloat16* row, const float2* parts, float logSum, float slope, int hot, int stride) {
    constexpr int COUNT = Pack<__nv_bfloat16>::COUNT;
    for (int column = threadIdx.x * COUNT; column < stride; column += THREADS * COUNT) {
        const float factor = -slope * exponential(parts[column / PART].x - logSum);
        Pack<__nv_bfloat16> pack = Pack<__nv_bfloat16>::load(row + column);
#pragma unroll
        for (int i = 0; i < COUNT; i++) {
            pack.values[i] = fmaf(pack.values[i], factor, column + i == hot ? slope : 0.0f);
        }
        pack.store(row + column);
    }
}

}  // namespace

// logProb, exponentials and slopes may be null; a gradient of x alone, without slopes, leaves the onehot to who adds up the product.
extern "C" __global__ void __launch_bounds__(THREADS)
log_prob_probabilities(const int* activeRows, const int* activeTargets, const int* count, int first, int capacity, const float2* parts,
                       const float* targetLogits, const float* slopes, __nv_bfloat16* exponentials, float* logProb, int vocabulary,
                       int stride) {
    const Chunk chunk{activeRows, activeTargets, count, first, capacity};
    const int i = blockIdx.x;
    if (i >= chunk.size()) {
        return;
    }
    const int number = (vocabulary + PART - 1) / PART;
    const float2* own = parts + static_cast<size_t>(i) * number;
    const float logSum = logSumExp(own, number);
    if (logProb != nullptr && threadIdx.x == 0) {
        logProb[chunk.row(i)] = targetLogits[i] - logSum;
    }
    if (exponentials != nullptr) {
        const bool given = slopes != nullptr;
        toSlopes(exponentials + static_cast<size_t>(i) * stride, own, logSum, given ? slopes[chunk.row(i)] : 1.0f,
                 given ? chunk.target(i) : -1, stride);
    }
}
