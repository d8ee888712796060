// y = a + b, rounded once.
//
// Tile: 16 bytes a thread and array. Floor: bytes of a, b and y over the card's copy rate; 4096 x 4096 in bfloat16 is 101 MB. The simulator
// counts 16 sectors a request, the least for 512 bytes, no byte more than those, and 9 instructions of a thread an element.

#include "../common/elements.cuh"

namespace {

// y may be the same memory as a or b
template <typename T>
struct Add {
    const T* a;
    const T* b;
    T* y;

    template <int N>
    __device__ __forceinline__ void at(long long i) const {
        Pack<T, N> sum = Pack<T, N>::load(a + i);
        const Pack<T, N> added = Pack<T, N>::load(b + i);
#pragma unroll
        for (int k = 0; k < N; k++) {
            sum.values[k] += added.values[k];
        }
        sum.store(y + i);
    }
};

}  // namespace

#define ADD(name, type, n)                                                        \
    extern "C" __global__ void __launch_bounds__(ELEMENT_THREADS)                 \
    add_##name(const type* a, const type* b, type* y, long long count) {          \
        forElements<n>(count, Add<type>{a, b, y});                                \
    }

ADD(f32_packs, float, 4)
ADD(f32_singles, float, 1)
ADD(bf16_packs, __nv_bfloat16, 8)
ADD(bf16_singles, __nv_bfloat16, 1)
