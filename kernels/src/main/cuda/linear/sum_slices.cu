// The second stage of a product whose depth was cut into slices: adds up what the slices left, in their order, onto 0 or what is there.
//
// Tile: 4 elements a thread. Floor: 4 bytes of each element of each slice and those of the result over the card's copy rate; the slices
// of one product, 128 MB at most, come out of the second-level cache in part.

#include "../common/pack.cuh"

namespace {

template <typename T>
__device__ __forceinline__ void sum(const float* __restrict__ slices, T* to, long long count, int number, bool add) {
    constexpr int WIDTH = Pack<float>::COUNT;
    const long long first = (static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x) * WIDTH;
    if (first >= count) {
        return;
    }
    const int width = static_cast<int>(min(static_cast<long long>(WIDTH), count - first));
    const bool whole = count % WIDTH == 0;
    float total[WIDTH] = {};
    for (int slice = 0; slice < number; slice++) {
        const float* from = slices + slice * count + first;
        Pack<float> part;
        if (whole) {
            part = Pack<float>::load(from);
        } else {
#pragma unroll
            for (int i = 0; i < WIDTH; i++) {
                part.values[i] = i < width ? from[i] : 0.0f;
            }
        }
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            total[i] += part.values[i];
        }
    }
#pragma unroll
    for (int i = 0; i < WIDTH; i++) {
        if (i < width) {
            to[first + i] = fromFloat<T>(total[i] + (add ? toFloat(to[first + i]) : 0.0f));
        }
    }
}

}  // namespace

extern "C" __global__ void __launch_bounds__(256)
linear_sum_slices_bf16(const float* slices, __nv_bfloat16* to, long long count, int number, int add) {
    sum(slices, to, count, number, add);
}

extern "C" __global__ void __launch_bounds__(256)
linear_sum_slices_f32(const float* slices, float* to, long long count, int number, int add) {
    sum(slices, to, count, number, add);
}
