// y = silu(gate) ⊙ up with silu(z) = z·σ(z), σ(z) = 1 / (1 + e^-z), and its gradient. Nothing is kept from the forward: the backward
// computes σ again, which is cheaper than reading it.
//
// Tile: 16 bytes a thread and array. Floor: bytes of three arrays forward and five backward over the card's copy rate; 4096 x 11008 in
// bfloat16 is 271 and 451 MB. The simulator counts 16 sectors a request, the least, no byte more than the floor's, and 25 and 32
// instructions of a thread an element: forward, a third of what an A800 can issue in the time of its 6 bytes, three fifths on an H200. The
// two special functions of an element, e^x and a reciprocal, take a fifth and two fifths of it.

#include "../common/elements.cuh"

namespace {

// Below -88 e^-z is infinite and σ 0, as z·σ(z) is beside anything. The quotient is off by two units in the last place at most.
__device__ __forceinline__ float sigmoid(float z) {
    return __fdividef(1.0f, 1.0f + expf(-z));
}

template <typename T>
struct Forward {
    const T* __restrict__ gate;
    const T* __restrict__ up;
    T* __restrict__ y;

    template <int N>
    __device__ __forceinline__ void at(long long i) const {
        const Pack<T, N> g = Pack<T, N>::load(gate + i);
        const Pack<T, N> u = Pack<T, N>::load(up + i);
        Pack<T, N> product;
#pragma unroll
        for (int k = 0; k < N; k++) {
            product.values[k] = g.values[k] * sigmoid(g.values[k]) * u.values[k];
        }
        product.store(y + i);
    }
};

// dGate and dUp may be the same memory as gate and up
template <typename T>
struct Backward {
    const T* dy;
    const T* gate;
    const T* up;
    T* dGate;
    T* dUp;

    template <int N>
    __device__ __forceinline__ void at(long long i) const {
        const Pack<T, N> d = Pack<T, N>::load(dy + i);
        Pack<T, N> g = Pack<T, N>::load(gate + i);
        Pack<T, N> u = Pack<T, N>::load(up + i);
#pragma unroll
        for (int k = 0; k < N; k++) {
            const float sigma = sigmoid(g.values[k]);
            const float silu = g.values[k] * sigma;
            // silu'(z) = σ(z) + silu(z)·(1 - σ(z))
            const float slope = fmaf(silu, 1.0f - sigma, sigma);
            g.values[k] = d.values[k] * u.values[k] * slope;
            u.values[k] = d.values[k] * silu;
        }
        g.store(dGate + i);
        u.store(dUp + i);
    }
};

}  // namespace

#define SWIGLU(name, type, n)                                                                                  \
    extern "C" __global__ void __launch_bounds__(ELEMENT_THREADS)                                              \
    swiglu_forward_##name(const type* gate, const type* up, type* y, long long count) {                        \
        forElements<n>(count, Forward<type>{gate, up, y});                                                     \
    }                                                                                                          \
    extern "C" __global__ void __launch_bounds__(ELEMENT_THREADS)                                              \
    swiglu_backward_##name(const type* dy, const type* gate, const type* up, type* dGate, type* dUp,           \
                           long long count) {                                                                  \
        forElements<n>(count, Backward<type>{dy, gate, up, dGate, dUp});                                       \
    }

SWIGLU(f32_packs, float, 4)
SWIGLU(f32_singles, float, 1)
SWIGLU(bf16_packs, __nv_bfloat16, 8)
SWIGLU(bf16_singles, __nv_bfloat16, 1)
