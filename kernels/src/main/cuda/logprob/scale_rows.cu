// Backward of a frozen head: each row of the derivative times the gradient of its log-probability. One row a block; floor: the bytes of the
// derivative and of dx over the card's copy rate, 4096 x 4096 in bfloat16 67 MB. to may be the same memory as from.

#include "../common/pack.cuh"

namespace {

template <typename T>
__device__ __forceinline__ void scale(const float* slopes, const T* from, T* to, int columns) {
    constexpr int COUNT = Pack<T>::COUNT;
    const float slope = slopes[blockIdx.x];
    const size_t row = static_cast<size_t>(blockIdx.x) * columns;
    if (columns % COUNT == 0 && (reinterpret_cast<size_t>(from) | reinterpret_cast<size_t>(to)) % 16 == 0) {
        for (int column = threadIdx.x * COUNT; column < columns; column += blockDim.x * COUNT) {
            Pack<T> pack = Pack<T>::load(from + row + column);
#pragma unroll
            for (int i = 0; i < COUNT; i++) {
                pack.values[i] *= slope;
            }
            pack.store(to + row + column);
        }
        return;
    }
    for (int column = threadIdx.x; column < columns; column += blockDim.x) {
        to[row + column] = fromFloat<T>(toFloat(from[row + column]) * slope);
    }
}

}  // namespace

extern "C" __global__ void __launch_bounds__(256)
log_prob_scale_bf16(const float* slopes, const __nv_bfloat16* from, __nv_bfloat16* to, int columns) {
    scale(slopes, from, to, columns);
}

extern "C" __global__ void __launch_bounds__(256) log_prob_scale_f32(const float* slopes, const float* from, float* to, int columns) {
    scale(slopes, from, to, columns);
}
