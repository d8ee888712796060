// dTable[ids[row]] += dy[row], in row order: a row of the table gets the same bits as if one thread went through the rows. An id outside
// the table adds nothing.
//
// Tile: a block a row of dy and slice of its columns, 16 bytes a thread of the wider dtype. The first row with its id works for all of
// them: it keeps the sum in registers and goes through the ids behind its own, 32 at a time; the others, which find their id before them,
// stop. So each byte of dy, and each touched one of dTable, is moved once, whatever the vocabulary. But every block reads up to all ids,
// out of cache, 32 at a time in each of its warps: rows²·columns/4096 loads, 17 M for 4096 rows of 4096, predicted at twice the 0.13 ms
// that an A800 takes for the bytes. And an id that many rows share is the work of one block a slice, a row after the other. It is there
// for training an embedding beside its model, not for speed.

#include "../common/pack.cuh"

constexpr int GRADIENT_THREADS = 128;

namespace {

constexpr unsigned ALL_LANES = 0xffffffffu;
constexpr int WARP = 32;

// Bit i: whether the id of row from + i is this one; rows from end on are not.
__device__ __forceinline__ unsigned sameId(const int* __restrict__ ids, int id, int from, int end) {
    const int row = from + threadIdx.x % WARP;
    return __ballot_sync(ALL_LANES, row < end && ids[row] == id);
}

__device__ __forceinline__ bool isFirst(const int* __restrict__ ids, int id, int row) {
    for (int from = 0; from < row; from += WARP) {
        if (sameId(ids, id, from, row) != 0) {
            return false;
        }
    }
    return true;
}

template <typename T, int N>
__device__ __forceinline__ void add(const int* __restrict__ ids, const T* __restrict__ dy, float* __restrict__ dTable, int rows,
                                    int columns, int vocabulary) {
    const int row = blockIdx.x;
    const int column = (blockIdx.y * GRADIENT_THREADS + threadIdx.x) * N;
    const int id = ids[row];
    if (id < 0 || id >= vocabulary || !isFirst(ids, id, row)) {
        return;
    }
    const bool valid = column < columns;
    float* to = dTable + static_cast<size_t>(id) * columns + column;
    Pack<float, N> sum;
    if (valid) {
        sum = Pack<float, N>::load(to);
    }
    for (int from = row; from < rows; from += WARP) {
        for (unsigned left = sameId(ids, id, from, rows); left != 0; left &= left - 1) {
            if (valid) {
                const int other = from + __ffs(left) - 1;
                const Pack<T, N> part = Pack<T, N>::load(dy + static_cast<size_t>(other) * columns + column);
#pragma unroll
                for (int k = 0; k < N; k++) {
                    sum.values[k] += part.values[k];
                }
            }
        }
    }
    if (valid) {
        sum.store(to);
    }
}

}  // namespace

#define EMBEDDING_BACKWARD(name, type, n)                                                                   \
    extern "C" __global__ void __launch_bounds__(GRADIENT_THREADS)                                          \
    embedding_backward_##name(const int* ids, const type* dy, float* dTable, int rows, int columns,         \
                              int vocabulary) {                                                             \
        add<type, n>(ids, dy, dTable, rows, columns, vocabulary);                                           \
    }

EMBEDDING_BACKWARD(f32_packs, float, 4)
EMBEDDING_BACKWARD(f32_singles, float, 1)
EMBEDDING_BACKWARD(bf16_packs, __nv_bfloat16, 4)
EMBEDDING_BACKWARD(bf16_singles, __nv_bfloat16, 1)
