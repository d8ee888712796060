// y = x in another float format, to nearest even when it is the narrower.
//
// Tile: four elements a thread, 16 bytes of float32 and 8 of the other, so that both accesses of a warp are without gaps. Floor: bytes of
// x and y over the card's copy rate; 6 an element. The simulator counts 16 and 8 sectors a request, the least, and no byte more than those.

#include "../common/elements.cuh"

namespace {

template <typename X, typename Y>
struct Cast {
    const X* __restrict__ x;
    Y* __restrict__ y;

    template <int N>
    __device__ __forceinline__ void at(long long i) const {
        const Pack<X, N> from = Pack<X, N>::load(x + i);
        Pack<Y, N> to;
#pragma unroll
        for (int k = 0; k < N; k++) {
            to.values[k] = from.values[k];
        }
        to.store(y + i);
    }
};

}  // namespace

#define CAST(name, from, to)                                                             \
    extern "C" __global__ void __launch_bounds__(ELEMENT_THREADS)                        \
    cast_##name##_packs(const from* x, to* y, long long count) {                         \
        forElements<4>(count, Cast<from, to>{x, y});                                     \
    }                                                                                    \
    extern "C" __global__ void __launch_bounds__(ELEMENT_THREADS)                        \
    cast_##name##_singles(const from* x, to* y, long long count) {                       \
        forElements<1>(count, Cast<from, to>{x, y});                                     \
    }

CAST(f32_bf16, float, __nv_bfloat16)
CAST(bf16_f32, __nv_bfloat16, float)
CAST(f32_f16, float, __half)
CAST(f16_f32, __half, float)
