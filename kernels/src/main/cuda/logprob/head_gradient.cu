// Gradient of a trainable head, chunk by chunk: dW += slopesᵀ · x of the rows of the chunk, which are first laid one behind the other,
// since a product that sums over them reads them in every tile.
//
// Tile: as linear/product.cuh; 222 to 244 registers, no spills. Floor of a chunk: 2·rows·columns·vocabulary operations, or 8 bytes of each
// element of dW, which is read and written: with 1024 rows of 4096 and 128,256 tokens 3.4 ms of products and 2.6 ms of memory on an
// A800. The gather: 4 bytes an element.

#include "../common/product_grid.cuh"
#include "chunk.cuh"

namespace {

template <typename Block, bool ALIGNED>
__device__ __forceinline__ void product(const Operand& slopes, const Operand& x, float* dHead) {
    const ProductTile tile = ProductTile::of<Block>(slopes.lines, x.lines);
    if (slopes.depth > 0) {
        productOfTile<Block>(DepthMajor<Block, Side::LEFT, ALIGNED>(slopes, tile.row),
                             DepthMajor<Block, Side::RIGHT, ALIGNED>(x, tile.column), depthTiles(slopes.depth), tile,
                             StoreMatrix<float>(dHead, slopes.lines, x.lines, true));
    }
}

}  // namespace

#define LOG_PROB_HEAD_GRADIENT(name, Block, aligned)                                                                               \
    extern "C" __global__ void __launch_bounds__(Block::THREADS, Block::RESIDENT)                                                  \
    name(const int* activeRows, const int* activeTargets, const int* count, int first, int capacity, const __nv_bfloat16* slopes,  \
         const __nv_bfloat16* gathered, float* dHead, int columns, int vocabulary, int stride) {                                   \
        const int rows = Chunk{activeRows, activeTargets, count, first, capacity}.size();                                          \
        product<Block, aligned>(Operand{slopes, stride, vocabulary, rows}, Operand{gathered, columns, columns, rows}, dHead);      \
    }

LOG_PROB_HEAD_GRADIENT(log_prob_head_gradient, NarrowBlock, true)
LOG_PROB_HEAD_GRADIENT(log_prob_head_gradient_wide, WideBlock, true)
LOG_PROB_HEAD_GRADIENT(log_prob_head_gradient_unaligned, NarrowBlock, false)

extern "C" __global__ void __launch_bounds__(256)
log_prob_gather(const int* activeRows, const int* activeTargets, const int* count, int first, int capacity, const __nv_bfloat16* x,
                __nv_bfloat16* gathered, int columns) {
    constexpr int COUNT = Pack<__nv_bfloat16>::COUNT;
    const Chunk chunk{activeRows, activeTargets, count, first, capacity};
    const int i = blockIdx.x;
    if (i >= chunk.size()) {
        return;
    }
    const __nv_bfloat16* from = x + static_cast<size_t>(chunk.row(i)) * columns;
    __nv_bfloat16* to = gathered + static_cast<size_t>(i) * columns;
    if (columns % COUNT == 0 && (reinterpret_cast<size_t>(x) | reinterpret_cast<size_t>(gathered)) % 16 == 0) {
        for (int column = threadIdx.x * COUNT; column < columns; column += blockDim.x * COUNT) {
            *reinterpret_cast<uint4*>(to + column) = *reinterpret_cast<const uint4*>(from + column);
        }
        return;
    }
    for (int column = threadIdx.x; column < columns; column += blockDim.x) {
        to[column] = from[column];
    }
}
