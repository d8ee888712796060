// Σ x², see sum_of_squares.cuh. In float64 no square of a float overflows, so the sum is finite exactly when every element is.
//
// Tile: 16 bytes a thread at a time. Floor: bytes of x over the rate at which the card reads. The conversions to float64, at an eighth of
// float32's rate, take a fifth of that time on an A800, two fifths in bfloat16. The simulator counts 16 sectors a request of x, the least.

#include "../common/sum_of_squares.cuh"

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
    const double sum = sumOfPartials(partials, count);
    if (threadIdx.x == 0) {
        *total = sum;
    }
}
