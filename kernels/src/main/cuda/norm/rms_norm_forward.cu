// Residual addition and RMSNorm: s = x + residual, y = s · inverse_rms ⊙ w, inverse_rms = 1 / sqrt(mean(s²) + ε).
//
// Tile: one row a group of threads (see row_group.cuh), held in registers as PACKS packs of 16 bytes a thread, so every byte is moved
// once. Floor: bytes of x, residual, s and y over the card's copy rate; 4096 x 4096 in bfloat16 is 134 MB.
// Sums are float32; in bfloat16 the norm is taken of s as it is stored.

#include "../common/pack.cuh"
#include "../common/row_group.cuh"

namespace {

template <typename T, int PACKS>
__device__ __forceinline__ void inRegisters(const T* __restrict__ x, const T* __restrict__ residual, const T* __restrict__ weight,
                                            T* __restrict__ sum, T* __restrict__ y, float* __restrict__ inverseRms, int rows,
                                            int columns, float epsilon, const RowGroup& group) {
    constexpr int COUNT = Pack<T>::COUNT;
    const int row = blockIdx.x * blockDim.y + threadIdx.y;
    const bool valid = row < rows;
    const size_t start = static_cast<size_t>(row) * columns;
    const int packs = valid ? columns / COUNT : 0;
    Pack<T> s[PACKS];
#pragma unroll
    for (int p = 0; p < PACKS; p++) {
        const int pack = p * blockDim.x + threadIdx.x;
        if (pack < packs) {
            s[p] = Pack<T>::load(x + start + pack * COUNT);
        }
    }
    if (residual != nullptr) {
#pragma unroll
        for (int p = 0; p < PACKS; p++) {
            const int pack = p * blockDim.x + threadIdx.x;
            if (pack < packs) {
                const Pack<T> added = Pack<T>::load(residual + start + pack * COUNT);
#pragma unroll
                for (int i = 0; i < COUNT; i++) {
                    s[p].values[i] += added.values[i];
                }
                s[p] = s[p].rounded();
                s[p].store(sum + start + pack * COUNT);
            }
        }
    }
    float squares = 0.0f;
#pragma unroll
    for (int p = 0; p < PACKS; p++) {
        if (p * blockDim.x + threadIdx.x < packs) {
#pragma unroll
            for (int i = 0; i < COUNT; i++) {
                squares = fmaf(s[p].values[i], s[p].values[i], squares);
            }
        }
    }
    const float inverse = rsqrtf(group.sum(squares) / columns + epsilon);
    if (valid && threadIdx.x == 0) {
        inverseRms[row] = inverse;
    }
#pragma unroll
    for (int p = 0; p < PACKS; p++) {
        const int pack = p * blockDim.x + threadIdx.x;
        if (pack < packs) {
            const Pack<T> w = Pack<T>::load(weight + pack * COUNT);
#pragma unroll
            for (int i = 0; i < COUNT; i++) {
                s[p].values[i] = s[p].values[i] * inverse * w.values[i];
            }
            s[p].store(y + start + pack * COUNT);
        }
    }
}

// Any number of columns: a row is read twice, the second time from cache.
template <typename T>
__device__ __forceinline__ void looped(const T* __restrict__ x, const T* __restrict__ residual, const T* __restrict__ weight,
                                       T* __restrict__ sum, T* __restrict__ y, float* __restrict__ inverseRms, int rows, int columns,
                                       float epsilon, const RowGroup& group) {
    const int row = blockIdx.x * blockDim.y + threadIdx.y;
    const bool valid = row < rows;
    const size_t start = static_cast<size_t>(row) * columns;
    const int end = valid ? columns : 0;
    float squares = 0.0f;
    for (int j = threadIdx.x; j < end; j += blockDim.x) {
        float s = toFloat(x[start + j]);
        if (residual != nullptr) {
            const T stored = fromFloat<T>(s + toFloat(residual[start + j]));
            sum[start + j] = stored;
            s = toFloat(stored);
        }
        squares = fmaf(s, s, squares);
    }
    const float inverse = rsqrtf(group.sum(squares) / columns + epsilon);
    if (valid && threadIdx.x == 0) {
        inverseRms[row] = inverse;
    }
    for (int j = threadIdx.x; j < end; j += blockDim.x) {
        // each thread reads back what it wrote itself
        const float s = toFloat(residual != nullptr ? sum[start + j] : x[start + j]);
        y[start + j] = fromFloat<T>(s * inverse * toFloat(weight[j]));
    }
}

}  // namespace

#define RMS_NORM_FORWARD(name, type, body)                                                                                      \
    extern "C" __global__ void __launch_bounds__(RowGroup::MOST_THREADS)                                                        \
    name(const type* x, const type* residual, const type* weight, type* sum, type* y, float* inverseRms, int rows, int columns, \
         float epsilon) {                                                                                                       \
        __shared__ float warpSums[RowGroup::WARP];                                                                              \
        body(x, residual, weight, sum, y, inverseRms, rows, columns, epsilon, RowGroup{warpSums});                              \
    }

RMS_NORM_FORWARD(rms_norm_forward_f32_1, float, (inRegisters<float, 1>))
RMS_NORM_FORWARD(rms_norm_forward_f32_2, float, (inRegisters<float, 2>))
RMS_NORM_FORWARD(rms_norm_forward_f32_4, float, (inRegisters<float, 4>))
RMS_NORM_FORWARD(rms_norm_forward_f32_looped, float, looped)
RMS_NORM_FORWARD(rms_norm_forward_bf16_1, __nv_bfloat16, (inRegisters<__nv_bfloat16, 1>))
RMS_NORM_FORWARD(rms_norm_forward_bf16_2, __nv_bfloat16, (inRegisters<__nv_bfloat16, 2>))
RMS_NORM_FORWARD(rms_norm_forward_bf16_4, __nv_bfloat16, (inRegisters<__nv_bfloat16, 4>))
RMS_NORM_FORWARD(rms_norm_forward_bf16_looped, __nv_bfloat16, looped)
