// One value a sequence from one a token, y = Σ (x - minus), and its gradient back to every token.
//
// Tile: a block a sequence; its offsets are cumulative lengths. One float a token is little beside all else that a token costs, so the
// accesses are of single floats: a sequence begins anywhere. Sums are float64, in an order that the length alone fixes.

#include "../common/block_sum.cuh"

extern "C" __global__ void __launch_bounds__(BlockSum::THREADS)
sequence_sum(const float* __restrict__ x, const float* __restrict__ minus, const int* __restrict__ offsets, float* __restrict__ y) {
    const int end = offsets[blockIdx.x + 1];
    double sum = 0.0;
    for (int token = offsets[blockIdx.x] + threadIdx.x; token < end; token += BlockSum::THREADS) {
        sum += minus == nullptr ? static_cast<double>(x[token]) : static_cast<double>(x[token]) - minus[token];
    }
    sum = BlockSum::of(sum);
    if (threadIdx.x == 0) {
        y[blockIdx.x] = static_cast<float>(sum);
    }
}

extern "C" __global__ void __launch_bounds__(BlockSum::THREADS)
sequence_sum_backward(const float* __restrict__ dy, const int* __restrict__ offsets, float* __restrict__ dx) {
    const int end = offsets[blockIdx.x + 1];
    const float slope = dy[blockIdx.x];
    for (int token = offsets[blockIdx.x] + threadIdx.x; token < end; token += BlockSum::THREADS) {
        dx[token] = slope;
    }
}
