// Product 2: what the probabilities became (see probabilities.cu) times W, in slices of the vocabulary, and the sum of those slices, in
// order, to the rows of x that the chunk is of. For the derivative of the log-probability W[target] is added here, in float32: onehot - p
// in bfloat16 would cost it half of its last bit.
//
// Tile: as linear/product.cuh; 221 to 245 registers, no spills. Floor: that of product 1; the sums: 4 bytes of each element of a slice, 2 of
// W, 2 or 4 of the result. Slices: 1024 rows of 4096 columns are 256 tiles, 1.2 rounds of an A800; cut in five they are 5.9.

#include "../common/product_grid.cuh"
#include "chunk.cuh"

namespace {

template <typename Block, bool ALIGNED>
__device__ __forceinline__ void product(const Operand& slopes, const Operand& head, int capacity, float* slices) {
    const ProductTile tile = ProductTile::of<Block>(capacity, head.lines);
    if (tile.row < slopes.lines) {
        float* slice = slices + static_cast<size_t>(blockIdx.y) * capacity * head.lines;
        productOfTile<Block>(LineMajor<Block, Side::LEFT, ALIGNED>(slopes, tile.row),
                             DepthMajor<Block, Side::RIGHT, ALIGNED>(head, tile.column), depthTiles(slopes.depth), tile,
                             StoreMatrix<float>(slice, slopes.lines, head.lines, false));
    }
}

template <typename T>
struct Sum {
    const float* __restrict__ slices;
    const __nv_bfloat16* __restrict__ row;
    T* __restrict__ to;
    // elements of a slice
    size_t size;
    int number;

    __device__ __forceinline__ float at(int column) const {
        float total = 0.0f;
        for (int slice = 0; slice < number; slice++) {
            total += slices[slice * size + column];
        }
        return total + (row == nullptr ? 0.0f : toFloat(row[column]));
    }

    __device__ __forceinline__ void pack(int column) const {
        constexpr int COUNT = Pack<T>::COUNT;
        Pack<T> total = {};
        for (int slice = 0; slice < number; slice++) {
#pragma unroll
            for (int i = 0; i < COUNT; i += 4) {
                const Pack<float> part = Pack<float>::load(slices + slice * size + column + i);
#pragma unroll
                for (int k = 0; k < 4; k++) {
                    total.values[i + k] += part.values[k];
                }
            }
        }
        if (row != nullptr) {
#pragma unroll
            for (int i = 0; i < COUNT; i += 2) {
                const float2 two = __bfloat1622float2(*reinterpret_cast<const __nv_bfloat162*>(row + column + i));
                total.values[i] += two.x;
                total.values[i + 1] += two.y;
            }
        }
        total.store(to + column);
    }
};

// head is null where W[target] is not to be added.
template <typename T>
__device__ __forceinline__ void sum(const Chunk& chunk, const float* slices, const __nv_bfloat16* head, T* to, int columns, int number) {
    constexpr int COUNT = Pack<T>::COUNT;
    const int i = blockIdx.x;
    if (i >= chunk.size()) {
        return;
    }
    const size_t row = static_cast<size_t>(i) * columns;
    const Sum<T> sum{slices + row, head == nullptr ? nullptr : head + static_cast<size_t>(chunk.target(i)) * columns,
                     to + static_cast<size_t>(chunk.row(i)) * columns, static_cast<size_t>(chunk.capacity) * columns, number};
    const size_t addresses = reinterpret_cast<size_t>(to) | reinterpret_cast<size_t>(head) | reinterpret_cast<size_t>(slices);
    if (columns % COUNT == 0 && addresses % 16 == 0) {
        for (int column = threadIdx.x * COUNT; column < columns; column += blockDim.x * COUNT) {
            sum.pack(column);
        }
        return;
    }
    for (int column = threadIdx.x; column < columns; column += blockDim.x) {
        sum.to[column] = fromFloat<T>(sum.at(column));
    }
}

}  // namespace

#define LOG_PROB_PRODUCT(name, Block, aligned)                                                                                     \
    extern "C" __global__ void __launch_bounds__(Block::THREADS, Block::RESIDENT)                                                  \
    name(const int* activeRows, const int* activeTargets, const int* count, int first, int capacity, const __nv_bfloat16* slopes,  \
         const __nv_bfloat16* head, float* slices, int columns, int vocabulary, int stride) {                                      \
        const int rows = Chunk{activeRows, activeTargets, count, first, capacity}.size();                                          \
        product<Block, aligned>(Operand{slopes, stride, rows, vocabulary}, Operand{head, columns, columns, vocabulary}, capacity,  \
                                slices);                                                                                           \
    }

LOG_PROB_PRODUCT(log_prob_product, NarrowBlock, true)
LOG_PROB_PRODUCT(log_prob_product_wide, WideBlock, true)
LOG_PROB_PRODUCT(log_prob_product_unaligned, NarrowBlock, false)

#define LOG_PROB_SUM(name, type)                                                                                                   \
    extern "C" __global__ void __launch_bounds__(256)                                                                              \
    name(const int* activeRows, const int* activeTargets, const int* count, int first, int capacity, const float* slices,          \
         const __nv_bfloat16* head, type* to, int columns, int number) {                                                           \
        sum(Chunk{activeRows, activeTargets, count, first, capacity}, slices, head, to, columns, number);                          \
    }

LOG_PROB_SUM(log_prob_sum_bf16, __nv_bfloat16)
LOG_PROB_SUM(log_prob_sum_f32, float)
