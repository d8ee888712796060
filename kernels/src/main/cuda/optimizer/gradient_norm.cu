// ‖gradient‖₂ without the host: a sum of squares a block, then one block adds those and takes the root.
//
// Tile: up to 1024 blocks of 256 threads walk the array in strides of the grid, a pack of 16 bytes a thread: 32 KB under way on a
// multiprocessor, more than its latency times its rate (9 KB on an A800, 23 KB on an H200). Squares and sums are float64, in an order
// that the number of elements and their alignment fix. 32 registers at most, 64 bytes of shared memory. Floor: 4 bytes a parameter over
// the card's copy rate: for 40 million parameters 0.10 ms on an A800, 0.04 ms on an H200; the simulator counts 1.01 times those bytes.
// The conversions to float64, 16 a clock and multiprocessor, are predicted to take a sixth of the floor on an A800 and a third on an
// H200, behind it.

#include "../common/sum_of_squares.cuh"

#define GRADIENT_NORM_PARTIALS(name, width)                                           \
    extern "C" __global__ void __launch_bounds__(BlockSum::THREADS)                   \
    name(const float* gradient, double* partials, long long count) {                  \
        sumOfSquares<float, width>(gradient, count, partials);                        \
    }

GRADIENT_NORM_PARTIALS(gradient_norm_partials_packs, 4)
GRADIENT_NORM_PARTIALS(gradient_norm_partials_singles, 1)

namespace {

// Times 0, finite losses are nothing, and any other makes NaN of the whole.
__device__ __forceinline__ double nothingIfFinite(const float* losses, long long count) {
    double sum = 0.0;
    for (long long i = threadIdx.x; i < count; i += BlockSum::THREADS) {
        sum += losses[i] * 0.0f;
    }
    return sum;
}

}  // namespace

// One block.
extern "C" __global__ void __launch_bounds__(BlockSum::THREADS)
gradient_norm(const double* partials, double* norm, int count, const float* losses, long long lossCount) {
    const double sum = sumOfPartials(partials, count, nothingIfFinite(losses, lossCount));
    if (threadIdx.x == 0) {
        *norm = sqrt(sum);
    }
}
