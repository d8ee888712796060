// An operand of a matrix product C = A · B as one block meets it. Its lines are rows of A, or columns of B; its depth is what the product
// sums over. The block works through it in tiles of DEPTH, each of which `fill` copies to shared memory and `load` takes to registers.
//
// Nothing is transposed in memory: a matrix that is stored line by line (LineMajor) is read by ldmatrix, one that is stored depth by
// depth (DepthMajor) by ldmatrix.trans. So x·Wᵀ is LineMajor · LineMajor, dy·W is LineMajor · DepthMajor, and dyᵀ·x is DepthMajor ·
// DepthMajor. Another source of tiles, such as [x | h], two matrices side by side, is a type with the same BYTES, fill and load that asks
// one operand for its first tiles and another for the rest.
//
// Lines beyond the matrix repeat another line, since nobody stores what comes of them; depth beyond it is 0. ALIGNED wants every stored
// row to begin at a multiple of 16 bytes and copies past the registers; without it elements are read one by one.
#pragma once

#include "async_copy.cuh"
#include "swizzled_tile.cuh"
#include "tensor_core.cuh"

// What all blocks share: 16 KB of the operands for each 128 x 128 x 32, of which STAGES are under way at once.
struct ProductShape {
    static constexpr int ROWS = 128;
    static constexpr int DEPTH = 32;
    static constexpr int STAGES = 4;
    // of C, a side, that a warp computes
    static constexpr int WARP_TILE = 64;
    static constexpr int WARPS_DOWN = ROWS / WARP_TILE;
};

// The part of C that a block computes, of 128 rows. A narrow block is one of two on a multiprocessor, which cover each other's waits; a
// wide one has it for itself and reads a quarter less from the second-level cache.
template <int BLOCK_COLUMNS>
struct ProductBlock : ProductShape {
    static constexpr int COLUMNS = BLOCK_COLUMNS;
    static constexpr int WARPS = WARPS_DOWN * (COLUMNS / WARP_TILE);
    static constexpr int THREADS = 32 * WARPS;
    static constexpr int RESIDENT = 256 / COLUMNS;
};

using NarrowBlock = ProductBlock<128>;
using WideBlock = ProductBlock<256>;

// A matrix in global memory.
struct Operand {
    const __nv_bfloat16* values;
    // elements from one stored row to the next; 16 bytes must divide it where ALIGNED, and what pads a row must be finite
    int stride;
    int lines;
    int depth;
};

enum class Side { LEFT, RIGHT };

// Lines of the block, and the first of this warp.
template <typename Block, Side SIDE>
struct BlockLines {
    static constexpr int COUNT = SIDE == Side::LEFT ? Block::ROWS : Block::COLUMNS;

    static __device__ __forceinline__ int ofWarp() {
        const int warp = threadIdx.x / 32;
        return Block::WARP_TILE * (SIDE == Side::LEFT ? warp % Block::WARPS_DOWN : warp / Block::WARPS_DOWN);
    }

    // Of the four 8 x 8 matrices that a fragment is loaded as, this lane addresses one: which lines, and which depth, of 2 times 8.
    static __device__ __forceinline__ int ofLane() {
        return 8 * (SIDE == Side::LEFT ? threadIdx.x / 8 % 2 : threadIdx.x / 16 % 2);
    }

    static __device__ __forceinline__ int depthOfLane() {
        return 8 * (SIDE == Side::LEFT ? threadIdx.x / 16 % 2 : threadIdx.x / 8 % 2);
    }
};

// Makes the compiler keep a value that it would rather compute anew in every round.
__device__ __forceinline__ unsigned kept(unsigned value) {
    asm volatile("" : "+r"(value));
    return value;
}

// 8 elements to shared memory, the first count of them from memory, the rest 0; present is any address that may be read.
template <bool ALIGNED>
__device__ __forceinline__ void copyChunk(unsigned to, const __nv_bfloat16* from, int count, const __nv_bfloat16* present) {
    if (ALIGNED) {
        copyAsync(to, count > 0 ? from : present, count > 0);
        return;
    }
    const unsigned short* bits = reinterpret_cast<const unsigned short*>(from);
    unsigned words[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const unsigned low = 2 * i < count ? bits[2 * i] : 0;
        const unsigned high = 2 * i + 1 < count ? bits[2 * i + 1] : 0;
        words[i] = low | high << 16;
    }
    asm volatile("st.shared.v4.b32 [%0], {%1, %2, %3, %4};" ::"r"(to), "r"(words[0]), "r"(words[1]), "r"(words[2]), "r"(words[3])
                 : "memory");
}

// Stored (lines, depth).
template <typename Block, Side SIDE, bool ALIGNED>
class LineMajor {
    using Lines = BlockLines<Block, SIDE>;
    static constexpr int LINES = Lines::COUNT;
    using Tile = SwizzledTile<LINES, ProductShape::DEPTH>;
    static constexpr int CHUNKS = ProductShape::DEPTH / Tile::CHUNK;
    // lines between two chunks of a thread, and how many it has
    static constexpr int STEP = Block::THREADS / CHUNKS;
    static constexpr int COUNT = LINES / STEP;
    // without alignment one chunk after the other, in few registers
    static constexpr int AT_ONCE = ALIGNED ? COUNT : 1;

    Operand matrix;
    const int* index;
    int line;
    // from the beginning of the matrix to the lines of this thread, in chunks
    unsigned offsets[COUNT];
    unsigned place;
    unsigned lane;

    static __device__ __forceinline__ int column() {
        return threadIdx.x % CHUNKS * Tile::CHUNK;
    }

    __device__ __forceinline__ int storedRow(int i) const {
        const int inside = min(line + i * STEP, matrix.lines - 1);
        return index == nullptr ? inside : index[inside];
    }

    __device__ __forceinline__ const __nv_bfloat16* at(const __nv_bfloat16* column, int i) const {
        if (ALIGNED) {
            return reinterpret_cast<const __nv_bfloat16*>(reinterpret_cast<const uint4*>(column) + offsets[i]);
        }
        return column + static_cast<size_t>(storedRow(i)) * matrix.stride;
    }

public:
    static constexpr int BYTES = Tile::BYTES;

    // The lines of a block from first; index, unless null, holds the stored row of each line.
    __device__ __forceinline__ LineMajor(const Operand& matrix, int first, const int* index = nullptr)
        : matrix(matrix), index(index), line(first + threadIdx.x / CHUNKS) {
        if (ALIGNED) {
#pragma unroll
            for (int i = 0; i < COUNT; i++) {
                offsets[i] = storedRow(i) * static_cast<unsigned>(matrix.stride / Tile::CHUNK);
            }
        }
        place = kept(Tile::offset(threadIdx.x / CHUNKS, column()));
        lane = kept(Tile::offset(Lines::ofWarp() + threadIdx.x % 8 + Lines::ofLane(),
                                 Lines::depthOfLane()));
    }

    __device__ __forceinline__ void fill(unsigned slot, int tile) const {
        const __nv_bfloat16* from = begin(tile);
        if (isWhole(tile)) {
            fillWhole(slot, from);
        } else {
            fillEdge(slot, from, tile);
        }
    }

    // Where this thread's part of a tile begins.
    __device__ __forceinline__ const __nv_bfloat16* begin(int tile) const {
        return matrix.values + tile * ProductShape::DEPTH + column();
    }

    // Whether all of a tile lies inside the matrix and is aligned: what all tiles but the last are.
    __device__ __forceinline__ bool isWhole(int tile) const {
        return ALIGNED && tile < matrix.depth / ProductShape::DEPTH;
    }

    __device__ __forceinline__ void fillWhole(unsigned slot, const __nv_bfloat16* from) const {
#pragma unroll
        for (int i = 0; i < COUNT; i++) {
            copyAsync(slot + place + i * STEP * Tile::ROW_BYTES, at(from, i));
        }
    }

    __device__ __forceinline__ void fillEdge(unsigned slot, const __nv_bfloat16* from, int tile) const {
        const int k = tile * ProductShape::DEPTH + column();
#pragma unroll(AT_ONCE)
        for (int i = 0; i < COUNT; i++) {
            copyChunk<ALIGNED>(slot + place + i * STEP * Tile::ROW_BYTES, at(from, i), matrix.depth - k, matrix.values);
        }
    }

    // 16 lines from line 16·block of the warp, 16 of depth from 16·step of the tile.
    __device__ __forceinline__ void load(unsigned (&to)[4], unsigned slot, int block, int step) const {
        loadMatrices(to, slot + (lane ^ step << 5) + block * 16 * Tile::ROW_BYTES);
    }
};

// Stored (depth, lines).
template <typename Block, Side SIDE, bool ALIGNED>
class DepthMajor {
    using Lines = BlockLines<Block, SIDE>;
    static constexpr int LINES = Lines::COUNT;
    using Tile = SwizzledTile<ProductShape::DEPTH, LINES>;
    static constexpr int CHUNKS = LINES / Tile::CHUNK;
    static constexpr int STEP = Block::THREADS / CHUNKS;
    static constexpr int COUNT = ProductShape::DEPTH / STEP;
    static constexpr int AT_ONCE = ALIGNED ? COUNT : 1;
    static_assert(STEP % 8 == 0, "the chunks of a thread lie at one place of their rows");

    const __nv_bfloat16* values;
    int stride;
    int depth;
    // elements of a chunk that lie inside the matrix
    int count;
    unsigned place;
    unsigned lane;

    static __device__ __forceinline__ int row() {
        return threadIdx.x / CHUNKS;
    }

public:
    static constexpr int BYTES = Tile::BYTES;

    __device__ __forceinline__ DepthMajor(const Operand& matrix, int first) : stride(matrix.stride), depth(matrix.depth) {
        const int column = threadIdx.x % CHUNKS * Tile::CHUNK;
        const int line = first + column < matrix.lines ? first + column : first;
        values = matrix.values + line;
        count = matrix.lines - line;
        place = kept(Tile::offset(row(), column));
        lane = kept(Tile::offset(threadIdx.x % 8 + Lines::depthOfLane(),
                                 Lines::ofWarp() + Lines::ofLane()));
    }

    __device__ __forceinline__ void fill(unsigned slot, int tile) const {
        const __nv_bfloat16* from = begin(tile);
        if (isWhole(tile)) {
            fillWhole(slot, from);
        } else {
            fillEdge(slot, from, tile);
        }
    }

    __device__ __forceinline__ const __nv_bfloat16* begin(int tile) const {
        return values + static_cast<size_t>(tile * ProductShape::DEPTH + row()) * stride;
    }

    __device__ __forceinline__ bool isWhole(int tile) const {
        return ALIGNED && tile < depth / ProductShape::DEPTH;
    }

    __device__ __forceinline__ void fillWhole(unsigned slot, const __nv_bfloat16* from) const {
#pragma unroll
        for (int i = 0; i < COUNT; i++) {
            copyAsync(slot + place + i * STEP * Tile::ROW_BYTES, from + static_cast<size_t>(i * STEP) * stride);
        }
    }

    __device__ __forceinline__ void fillEdge(unsigned slot, const __nv_bfloat16* from, int tile) const {
        const int k = tile * ProductShape::DEPTH + row();
#pragma unroll(AT_ONCE)
        for (int i = 0; i < COUNT; i++) {
            copyChunk<ALIGNED>(slot + place + i * STEP * Tile::ROW_BYTES, from + static_cast<size_t>(i * STEP) * stride,
                               k + i * STEP < depth ? count : 0, values);
        }
    }

    __device__ __forceinline__ void load(unsigned (&to)[4], unsigned slot, int block, int step) const {
        loadMatricesTransposed(to, slot + (lane ^ block << 5) + step * 16 * Tile::ROW_BYTES);
    }
};
