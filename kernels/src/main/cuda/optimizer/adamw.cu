// One step of AdamW over a flat run of float32 parameters, with clipping and, where it is wanted, a bfloat16 copy.
//
// Tile: a pack of 16 bytes of each array a thread, everything in 40 registers. What changes from step to step is read from memory, so that
// a captured launch can be repeated. Floor: 28 bytes a parameter (30 with the copy) over the card's copy rate: for 40 million parameters
// 0.70 ms on an A800, 0.26 ms on an H200. The simulator counts 1.04 times those bytes, the surplus being the schedule and the norm, which
// every warp reads from cache, and 31 PTX instructions a parameter. IEEE roots and divisions are about ten machine instructions each, so
// arithmetic is predicted to take a fifth of the floor on an A800 and two fifths on an H200, behind the loads.

#include "../common/elements.cuh"

namespace {

struct Arrays {
    float* parameters;
    const float* gradient;
    float* first;
    float* second;
    __nv_bfloat16* rounded;
};

// What is the same for every parameter: of the training, and of the step.
struct Factors {
    float beta1, fresh1, beta2, fresh2, epsilon, decay;
    float rate, correction1, correction2, gradientScale;
};

__device__ __forceinline__ float gradientScale(double norm, float clip) {
    const float length = static_cast<float>(norm);
    return clip <= 0.0f || length <= clip ? 1.0f : clip / length;
}

struct Step {
    const Arrays& arrays;
    const Factors& f;

    template <int N>
    __device__ __forceinline__ void at(long long at) const {
        const Pack<float, N> g = Pack<float, N>::load(arrays.gradient + at);
        Pack<float, N> m = Pack<float, N>::load(arrays.first + at);
        Pack<float, N> v = Pack<float, N>::load(arrays.second + at);
        Pack<float, N> p = Pack<float, N>::load(arrays.parameters + at);
        Pack<__nv_bfloat16, N> rounded;
#pragma unroll
        for (int i = 0; i < N; i++) {
            const float scaled = g.values[i] * f.gradientScale;
            m.values[i] = fmaf(m.values[i], f.beta1, scaled * f.fresh1);
            v.values[i] = fmaf(v.values[i], f.beta2, scaled * scaled * f.fresh2);
            const float deviation = sqrtf(v.values[i] * f.correction2) + f.epsilon;
            const float direction = fmaf(p.values[i], f.decay, m.values[i] * f.correction1 / deviation);
            p.values[i] = fmaf(-f.rate, direction, p.values[i]);
            rounded.values[i] = p.values[i];
        }
        m.store(arrays.first + at);
        v.store(arrays.second + at);
        p.store(arrays.parameters + at);
        if (arrays.rounded != nullptr) {
            rounded.store(arrays.rounded + at);
        }
    }
};

}  // namespace

// schedule: rate, 1 / (1 - β1^t), 1 / (1 - β2^t). A gradient whose norm is not finite changes nothing.
#define ADAMW(name, width)                                                                                                          \
    extern "C" __global__ void __launch_bounds__(ELEMENT_THREADS)                                                                   \
    name(float* parameters, const float* gradient, float* first, float* second, __nv_bfloat16* rounded, const float* schedule,      \
         const double* norm, long long count, float clip, float beta1, float fresh1, float beta2, float fresh2, float epsilon,      \
         float decay) {                                                                                                             \
        const double length = *norm;                                                                                                \
        if (!isfinite(length)) {                                                                                                    \
            return;                                                                                                                 \
        }                                                                                                                           \
        const Arrays arrays{parameters, gradient, first, second, rounded};                                                          \
        const Factors factors{beta1, fresh1, beta2, fresh2, epsilon, decay, schedule[0], schedule[1], schedule[2],                  \
                              gradientScale(length, clip)};                                                                          \
        forElements<width>(count, Step{arrays, factors});                                                                           \
    }

ADAMW(adamw_packs, 4)
ADAMW(adamw_singles, 1)
