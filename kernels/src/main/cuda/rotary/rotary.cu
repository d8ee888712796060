// Rotary embedding: elements i and i + D/2 of a head turn together by the angle of their row's position, forward by direction 1, backward
// by -1. y may be the same memory as x. A row whose position is outside the table becomes NaN.
//
// Tile: 16 bytes of a head's first half and the 16 of its second that turn with them, a thread; its cosines and sines stay in registers
// for every further head of the row that it takes. Block: packs of half a head x heads x rows. Floor: bytes of x and y
// over the card's copy rate; 4096 rows of 32 + 8 heads of 128 in bfloat16 are 84 MB, and the table adds 2 MB. The simulator counts 16
// sectors a request of x and y, the least, and 8 of the table, twice the least: in bfloat16 a thread's 8 cosines are two accesses 32 bytes
// apart, the second out of the first-level cache.

#include "../common/pack.cuh"

constexpr int ROTARY_THREADS = 256;

namespace {

template <typename T>
struct Rotation {
    const T* x;
    const int* __restrict__ positions;
    const float* __restrict__ cosine;
    const float* __restrict__ sine;
    T* y;
    int rows;
    int heads;
    // the head dimension
    int half;
    int tablePositions;
    float direction;
};

template <int N>
struct Angles {
    float cosine[N];
    float sine[N];

    static __device__ __forceinline__ Angles load(const float* cosines, const float* sines, float direction) {
        constexpr int FLOATS = N < 4 ? N : 4;
        Angles angles;
#pragma unroll
        for (int k = 0; k < N; k += FLOATS) {
            const Pack<float, FLOATS> c = Pack<float, FLOATS>::load(cosines + k);
            const Pack<float, FLOATS> s = Pack<float, FLOATS>::load(sines + k);
#pragma unroll
            for (int j = 0; j < FLOATS; j++) {
                angles.cosine[k + j] = c.values[j];
                angles.sine[k + j] = direction * s.values[j];
            }
        }
        return angles;
    }

    static __device__ __forceinline__ Angles none() {
        Angles angles;
#pragma unroll
        for (int k = 0; k < N; k++) {
            angles.cosine[k] = __int_as_float(0x7fffffff);
            angles.sine[k] = angles.cosine[k];
        }
        return angles;
    }
};

template <typename T, int N>
__device__ __forceinline__ void rotate(const Rotation<T>& r) {
    const int row = blockIdx.x * blockDim.z + threadIdx.z;
    if (row >= r.rows) {
        return;
    }
    const int position = r.positions[row];
    const bool known = position >= 0 && position < r.tablePositions;
    for (int i = threadIdx.x * N; i < r.half; i += blockDim.x * N) {
        const size_t angle = static_cast<size_t>(position) * r.half + i;
        const Angles<N> angles = known ? Angles<N>::load(r.cosine + angle, r.sine + angle, r.direction) : Angles<N>::none();
        for (int head = threadIdx.y; head < r.heads; head += blockDim.y) {
            const size_t at = (static_cast<size_t>(row) * r.heads + head) * 2 * r.half + i;
            const Pack<T, N> low = Pack<T, N>::load(r.x + at);
            const Pack<T, N> high = Pack<T, N>::load(r.x + at + r.half);
            Pack<T, N> first;
            Pack<T, N> second;
#pragma unroll
            for (int k = 0; k < N; k++) {
                first.values[k] = fmaf(low.values[k], angles.cosine[k], -(high.values[k] * angles.sine[k]));
                second.values[k] = fmaf(high.values[k], angles.cosine[k], low.values[k] * angles.sine[k]);
            }
            first.store(r.y + at);
            second.store(r.y + at + r.half);
        }
    }
}

}  // namespace

#define ROTARY(name, type, n)                                                                                                \
    extern "C" __global__ void __launch_bounds__(ROTARY_THREADS)                                                             \
    rotary_##name(const type* x, const int* positions, const float* cosine, const float* sine, type* y, int rows, int heads, \
                  int half, int tablePositions, float direction) {                                                           \
        rotate<type, n>(Rotation<type>{x, positions, cosine, sine, y, rows, heads, half, tablePositions, direction});        \
    }

ROTARY(f32_packs, float, 4)
ROTARY(f32_singles, float, 1)
ROTARY(bf16_packs, __nv_bfloat16, 8)
ROTARY(bf16_singles, __nv_bfloat16, 1)
