// Σ x² in float64: one partial sum a block, then the partial sums by one block, all in an order that the count and the width of accesses
// fix. A thread takes N neighbours at a time, the grid goes over the array as many times as it takes.
#pragma once

#include "block_sum.cuh"
#include "pack.cuh"

template <typename T, int N>
__device__ __forceinline__ double squares(const T* from) {
    const Pack<T, N> x = Pack<T, N>::load(from);
    double sum = 0.0;
#pragma unroll
    for (int k = 0; k < N; k++) {
        const double value = x.values[k];
        sum = fma(value, value, sum);
    }
    return sum;
}

// partials: one a block of BlockSum::THREADS
template <typename T, int N>
__device__ __forceinline__ void sumOfSquares(const T* __restrict__ x, long long count, double* __restrict__ partials) {
    const long long thread = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
    const long long threads = static_cast<long long>(gridDim.x) * blockDim.x;
    double sum = 0.0;
#pragma unroll 4
    for (long long i = thread * N; i + N <= count; i += threads * N) {
        sum += squares<T, N>(x + i);
    }
    const long long left = count - count % N + thread;
    if (left < count) {
        sum += squares<T, 1>(x + left);
    }
    sum = BlockSum::of(sum);
    if (threadIdx.x == 0) {
        partials[blockIdx.x] = sum;
    }
}

// Of all partial sums and of what each thread has of its own, known to thread 0 of the one block that adds them.
__device__ __forceinline__ double sumOfPartials(const double* __restrict__ partials, int count, double own = 0.0) {
    double sum = own;
    for (int i = threadIdx.x; i < count; i += BlockSum::THREADS) {
        sum += partials[i];
    }
    return BlockSum::of(sum);
}
