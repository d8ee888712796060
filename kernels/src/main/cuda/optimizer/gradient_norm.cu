// ‖gradient‖₂ without the host: a sum of squares a block, then one block adds those and takes the root.
//
// Tile: up to 1024 blocks of 256 threads walk the array in strides of the grid, a pack of 16 bytes a thread: 32 KB under way on a
// multiprocessor, more than its latency times its rate (9 KB on an A800, 23 KB on an H200). Squares and sums are float64, in an order that
// the number of elements and their alignment fix. 28 registers, 64 bytes of shared memory. Floor: 4 bytes a parameter over the card's copy
// rate: for 40 million parameters 0.10 ms on an A800, 0.04 ms on an H200; the simulator counts 1.01 times those bytes. The conversions to
// float64, 16 a clock and multiprocessor, are predicted to take a sixth of the floor on an A800 and a third on an H200, behind it.

#include "../common/pack.cuh"

namespace {

// those of Access.over
constexpr int THREADS = 256;
constexpr int WARP = 32;
constexpr unsigned ALL_LANES = 0xffffffffu;

__device__ __forceinline__ double sumOfWarp(double value) {
    for (int offset = WARP / 2; offset > 0; offset /= 2) {
        value += __shfl_xor_sync(ALL_LANES, value, offset);
    }
    return value;
}

// The sum over the block, known to the threads of its first warp.
__device__ __forceinline__ double sumOfBlock(double value) {
    __shared__ double warps[THREADS / WARP];
    value = sumOfWarp(value);
    if (threadIdx.x % WARP == 0) {
        warps[threadIdx.x / WARP] = value;
    }
    __syncthreads();
    return sumOfWarp(threadIdx.x < THREADS / WARP ? warps[threadIdx.x] : 0.0);
}

template <int N>
__device__ __forceinline__ void partialSums(const float* __restrict__ gradient, double* __restrict__ partials, long long count) {
    double sum = 0.0;
    const long long packs = count / N;
    const long long stride = static_cast<long long>(gridDim.x) * THREADS;
    const long long first = static_cast<long long>(blockIdx.x) * THREADS + threadIdx.x;
    for (long long pack = first; pack < packs; pack += stride) {
        const Pack<float, N> g = Pack<float, N>::load(gradient + pack * N);
#pragma unroll
        for (int i = 0; i < N; i++) {
            const double value = g.values[i];
            sum = fma(value, value, sum);
        }
    }
    const long long rest = packs * N + first;
    if (rest < count) {
        const double value = gradient[rest];
        sum = fma(value, value, sum);
    }
    sum = sumOfBlock(sum);
    if (threadIdx.x == 0) {
        partials[blockIdx.x] = sum;
    }
}

}  // namespace

#define GRADIENT_NORM_PARTIALS(name, width)                                                                                     \
    extern "C" __global__ void __launch_bounds__(THREADS) name(const float* gradient, double* partials, long long count) {      \
        partialSums<width>(gradient, partials, count);                                                                          \
    }

GRADIENT_NORM_PARTIALS(gradient_norm_partials_packs, 4)
GRADIENT_NORM_PARTIALS(gradient_norm_partials_singles, 1)

// One block.
extern "C" __global__ void __launch_bounds__(THREADS) gradient_norm(const double* partials, double* norm, int count) {
    double sum = 0.0;
    for (int i = threadIdx.x; i < count; i += THREADS) {
        sum += partials[i];
    }
    sum = sumOfBlock(sum);
    if (threadIdx.x == 0) {
        *norm = sqrt(sum);
    }
}
