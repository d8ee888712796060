// Gradient of RMSNorm: with ρ = inverse_rms, dx = ρ·(w ⊙ dy) - s·ρ³·Σ(w ⊙ dy ⊙ s) / columns + d_sum, and, for a trained w,
// dw += Σ over rows of ρ·(dy ⊙ s).
//
// Tile: one row a group of threads (see row_group.cuh), dy and s held in registers, so every byte is moved once. Floor: bytes of dy, s,
// d_sum and dx over the card's copy rate; 4096 x 4096 in bfloat16 is 134 MB. For dw every group keeps the sum over its own rows in
// registers and leaves it as one row of partials; a second launch adds those up in order. No atomics: the same bits every time.

#include "../common/pack.cuh"
#include "../common/row_group.cuh"

namespace {

template <typename T>
struct Gradient {
    const T* __restrict__ dy;
    const T* __restrict__ s;
    const T* __restrict__ weight;
    const float* __restrict__ inverseRms;
    // may be the same memory as dx; null for none
    const T* dSum;
    T* dx;
    // (groups of the grid, columns)
    float* __restrict__ partials;
    int rows;
    int columns;
};

template <typename T, int PACKS, bool WEIGHT>
__device__ __forceinline__ void inRegisters(const Gradient<T>& g, const RowGroup& group) {
    constexpr int COUNT = Pack<T>::COUNT;
    const int packs = g.columns / COUNT;
    Pack<T> scaled[PACKS];
    Pack<T> s[PACKS];
    float dw[WEIGHT ? PACKS : 1][COUNT] = {};
    for (int first = blockIdx.x * blockDim.y; first < g.rows; first += gridDim.x * blockDim.y) {
        const int row = first + threadIdx.y;
        const int end = row < g.rows ? packs : 0;
        const size_t start = static_cast<size_t>(row) * g.columns;
        const float inverse = end > 0 ? g.inverseRms[row] : 0.0f;
        float product = 0.0f;
#pragma unroll
        for (int p = 0; p < PACKS; p++) {
            const int pack = p * blockDim.x + threadIdx.x;
            if (pack < end) {
                scaled[p] = Pack<T>::load(g.dy + start + pack * COUNT);
                s[p] = Pack<T>::load(g.s + start + pack * COUNT);
                const Pack<T> w = Pack<T>::load(g.weight + pack * COUNT);
#pragma unroll
                for (int i = 0; i < COUNT; i++) {
                    if (WEIGHT) {
                        dw[p][i] = fmaf(s[p].values[i] * inverse, scaled[p].values[i], dw[p][i]);
                    }
                    scaled[p].values[i] *= w.values[i];
                    product = fmaf(scaled[p].values[i], s[p].values[i], product);
                }
            }
        }
        const float alongS = -(group.sum(product) * inverse * inverse / g.columns) * inverse;
#pragma unroll
        for (int p = 0; p < PACKS; p++) {
            const int pack = p * blockDim.x + threadIdx.x;
            if (pack < end) {
                Pack<T> dx;
#pragma unroll
                for (int i = 0; i < COUNT; i++) {
                    dx.values[i] = fmaf(s[p].values[i], alongS, scaled[p].values[i] * inverse);
                }
                if (g.dSum != nullptr) {
                    const Pack<T> past = Pack<T>::load(g.dSum + start + pack * COUNT);
#pragma unroll
                    for (int i = 0; i < COUNT; i++) {
                        dx.values[i] += past.values[i];
                    }
                }
                dx.store(g.dx + start + pack * COUNT);
            }
        }
    }
    if (WEIGHT) {
        float* partial = g.partials + static_cast<size_t>(blockIdx.x * blockDim.y + threadIdx.y) * g.columns;
#pragma unroll
        for (int p = 0; p < PACKS; p++) {
            const int pack = p * blockDim.x + threadIdx.x;
            if (pack < packs) {
#pragma unroll
                for (int i = 0; i < COUNT; i++) {
                    partial[pack * COUNT + i] = dw[p][i];
                }
            }
        }
    }
}

// Any number of columns: a row is read twice, the second time from cache, and the partial sums of dw stay in memory.
template <typename T, bool WEIGHT>
__device__ __forceinline__ void looped(const Gradient<T>& g, const RowGroup& group) {
    float* partial = g.partials + static_cast<size_t>(blockIdx.x * blockDim.y + threadIdx.y) * g.columns;
    if (WEIGHT) {
        for (int j = threadIdx.x; j < g.columns; j += blockDim.x) {
            partial[j] = 0.0f;
        }
    }
    for (int first = blockIdx.x * blockDim.y; first < g.rows; first += gridDim.x * blockDim.y) {
        const int row = first + threadIdx.y;
        const int end = row < g.rows ? g.columns : 0;
        const size_t start = static_cast<size_t>(row) * g.columns;
        const float inverse = end > 0 ? g.inverseRms[row] : 0.0f;
        float product = 0.0f;
        for (int j = threadIdx.x; j < end; j += blockDim.x) {
            const float dy = toFloat(g.dy[start + j]);
            const float s = toFloat(g.s[start + j]);
            product = fmaf(dy * toFloat(g.weight[j]), s, product);
            if (WEIGHT) {
                partial[j] = fmaf(s * inverse, dy, partial[j]);
            }
        }
        const float alongS = -(group.sum(product) * inverse * inverse / g.columns) * inverse;
        for (int j = threadIdx.x; j < end; j += blockDim.x) {
            const float scaled = toFloat(g.dy[start + j]) * toFloat(g.weight[j]);
            const float past = g.dSum != nullptr ? toFloat(g.dSum[start + j]) : 0.0f;
            g.dx[start + j] = fromFloat<T>(fmaf(toFloat(g.s[start + j]), alongS, scaled * inverse) + past);
        }
    }
}

}  // namespace

#define RMS_NORM_BACKWARD(name, type, body)                                                                                     \
    extern "C" __global__ void __launch_bounds__(RowGroup::MOST_THREADS)                                                        \
    name(const type* dy, const type* s, const type* weight, const float* inverseRms, const type* dSum, type* dx,                \
         float* partials, int rows, int columns) {                                                                              \
        __shared__ float warpSums[RowGroup::WARP];                                                                              \
        body(Gradient<type>{dy, s, weight, inverseRms, dSum, dx, partials, rows, columns}, RowGroup{warpSums});                 \
    }

#define RMS_NORM_BACKWARD_BOTH(name, type, packs)                                            \
    RMS_NORM_BACKWARD(rms_norm_backward_##name, type, (inRegisters<type, packs, false>))     \
    RMS_NORM_BACKWARD(rms_norm_backward_weight_##name, type, (inRegisters<type, packs, true>))

RMS_NORM_BACKWARD_BOTH(f32_1, float, 1)
RMS_NORM_BACKWARD_BOTH(f32_2, float, 2)
RMS_NORM_BACKWARD_BOTH(f32_4, float, 4)
RMS_NORM_BACKWARD(rms_norm_backward_f32_looped, float, (looped<float, false>))
RMS_NORM_BACKWARD(rms_norm_backward_weight_f32_looped, float, (looped<float, true>))
RMS_NORM_BACKWARD_BOTH(bf16_1, __nv_bfloat16, 1)
RMS_NORM_BACKWARD_BOTH(bf16_2, __nv_bfloat16, 2)
RMS_NORM_BACKWARD_BOTH(bf16_4, __nv_bfloat16, 4)
RMS_NORM_BACKWARD(rms_norm_backward_bf16_looped, __nv_bfloat16, (looped<__nv_bfloat16, false>))
RMS_NORM_BACKWARD(rms_norm_backward_weight_bf16_looped, __nv_bfloat16, (looped<__nv_bfloat16, true>))

// Adds the partial sums of every column to dw, in an order that their number alone fixes. Block: 32 columns x 16 slices.
extern "C" __global__ void __launch_bounds__(512) rms_norm_weight_gradient(const float* partials, float* dw, int groups, int columns) {
    __shared__ float slices[16][33];
    const int column = blockIdx.x * 32 + threadIdx.x;
    float sum = 0.0f;
    if (column < columns) {
        for (int group = threadIdx.y; group < groups; group += 16) {
            sum += partials[static_cast<size_t>(group) * columns + column];
        }
    }
    slices[threadIdx.y][threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.y == 0 && column < columns) {
        float total = dw[column];
        for (int slice = 0; slice < 16; slice++) {
            total += slices[slice][threadIdx.x];
        }
        dw[column] = total;
    }
}
