// Σ x² in float64: one partial sum a block, then the partial sums by one block, all in an order that the count alone fixes. In float64 no
// square of a float overflows, so the sum is finite exactly when every element is.
//
// Tile: 16 bytes a thread at a time, the grid as many times over the array as it takes. Floor: bytes of x over the rate at which the card
// reads. The conversions to float64, at an eighth of float32's rate, take a fifth of that time on an A800, two fifths in bfloat16.

#include "../common/block_sum.cuh"
#include "../common/pack.cuh"

namespace {

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

template <typename T, int N>
__device__ __forceinline__ void sumOfSquares(const T* x, long long count, double* partials) {
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

}  // namespace

#define SUM_OF_SQUARES(name, type, n)                                                \
    extern "C" __global__ void __launch_bounds__(BlockSum::THREADS)                  \
    sum_of_squares_##name(const type* x, double* partials, long long count) {        \
        sumOfSquares<type, n>(x, count, partials);                                   \
    }

SUM_OF_SQUARES(f32_packs, float, 4)
SUM_OF_SQUARES(f32_singles, float, 1)
SUM_OF_SQUARES(bf16_packs, __nv_bfloat16, 8)
SUM_OF_SQUARES(bf16_singles, __nv_bfloat16, 1)

extern "C" __global__ void __launch_bounds__(BlockSum::THREADS) sum_of_partials(const double* partials, double* total, int count) {
    double sum = 0.0;
    for (int i = threadIdx.x; i < count; i += BlockSum::THREADS) {
        sum += partials[i];
    }
    sum = BlockSum::of(sum);
    if (threadIdx.x == 0) {
        *total = sum;
    }
}
