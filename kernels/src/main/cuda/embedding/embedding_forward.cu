// y[row] = table[ids[row]], in the dtype of y. A row whose id is outside the table becomes NaN.
//
// Tile: 16 bytes of y and of the table a thread (of the wider of the two, when they differ), the threads of a block over one row or several
// short ones. Floor: bytes of y and of the rows read over the card's copy rate; 4096 rows of 4096 in bfloat16 are 67 MB. The simulator
// counts 16 sectors a request of 16 bytes a thread, the least, and one for an id, which a warp reads once a row.

#include "../common/pack.cuh"

constexpr int EMBEDDING_THREADS = 256;

namespace {

template <typename T, typename Y, int N>
__device__ __forceinline__ void gather(const int* __restrict__ ids, const T* __restrict__ table, Y* __restrict__ y, int rows, int columns,
                                       int vocabulary) {
    const int row = blockIdx.x * blockDim.y + threadIdx.y;
    if (row >= rows) {
        return;
    }
    const int id = ids[row];
    const bool known = id >= 0 && id < vocabulary;
    const T* from = table + static_cast<size_t>(id) * columns;
    Y* to = y + static_cast<size_t>(row) * columns;
    for (int j = threadIdx.x * N; j < columns; j += blockDim.x * N) {
        Pack<Y, N> values;
        if (known) {
            const Pack<T, N> stored = Pack<T, N>::load(from + j);
#pragma unroll
            for (int k = 0; k < N; k++) {
                values.values[k] = stored.values[k];
            }
        } else {
#pragma unroll
            for (int k = 0; k < N; k++) {
                values.values[k] = __int_as_float(0x7fffffff);
            }
        }
        values.store(to + j);
    }
}

}  // namespace

#define EMBEDDING_FORWARD(name, from, to, n)                                                              \
    extern "C" __global__ void __launch_bounds__(EMBEDDING_THREADS)                                       \
    embedding_forward_##name##_packs(const int* ids, const from* table, to* y, int rows, int columns,     \
                                     int vocabulary) {                                                    \
        gather<from, to, n>(ids, table, y, rows, columns, vocabulary);                                    \
    }                                                                                                     \
    extern "C" __global__ void __launch_bounds__(EMBEDDING_THREADS)                                       \
    embedding_forward_##name##_singles(const int* ids, const from* table, to* y, int rows, int columns,   \
                                       int vocabulary) {                                                  \
        gather<from, to, 1>(ids, table, y, rows, columns, vocabulary);                                    \
    }

EMBEDDING_FORWARD(f32_f32, float, float, 4)
EMBEDDING_FORWARD(f32_bf16, float, __nv_bfloat16, 4)
EMBEDDING_FORWARD(bf16_f32, __nv_bfloat16, float, 4)
EMBEDDING_FORWARD(bf16_bf16, __nv_bfloat16, __nv_bfloat16, 8)
