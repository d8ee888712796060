// The tiles of a narrow pass, in shared memory. A pass runs over a wide matrix (rows, columns), such as x or dy, of which a block has 256
// rows and, one after the other, tiles of 64 columns, and meets matrices of few columns, the ranks: one whose rows are the wide matrix's
// columns (V, U), one whose rows are its rows (h, G ⊙ d). Those lie in pages of 16 ranks, 32 bytes a row; four rows share 128 bytes, and
// chunk c of row r lies at c XOR (r / 4 modulo 2): neither the 8 rows that ldmatrix takes at once nor 4 whole rows meet a bank twice.
#pragma once

#include "../common/product_operand.cuh"

struct NarrowBlock {
    static constexpr int ROWS = 256;
    static constexpr int COLUMNS = 64;
    static constexpr int WARPS = 8;
    static constexpr int THREADS = 32 * WARPS;
    static constexpr int STAGES = 2;
    // ranks of a page
    static constexpr int PAGE = 16;
};

// A row-major matrix in global memory; where aligned, its rows begin at multiples of 16 bytes.
struct WideMatrix {
    const __nv_bfloat16* values;
    int rows;
    int columns;
    bool aligned;
};

// Rows of ranks, a multiple of 16, of which a pass takes some pages.
struct RankMatrix {
    const __nv_bfloat16* values;
    int rows;
    int ranks;
};

struct WideTile {
    using Tile = SwizzledTile<NarrowBlock::ROWS, NarrowBlock::COLUMNS>;
    static constexpr int BYTES = Tile::BYTES;

    // Rows from row, columns from column of the matrix; 0 beyond it.
    static __device__ __forceinline__ void fill(unsigned tile, const WideMatrix& matrix, int row, int column) {
        constexpr int CHUNKS = NarrowBlock::COLUMNS / Tile::CHUNK;
        constexpr int STEP = NarrowBlock::THREADS / CHUNKS;
        const int line = threadIdx.x / CHUNKS;
        const int across = threadIdx.x % CHUNKS * Tile::CHUNK;
        const int inside = matrix.columns - column - across;
        const __nv_bfloat16* from = matrix.values + static_cast<size_t>(row + line) * matrix.columns + column + across;
        const unsigned to = tile + Tile::offset(line, across);
        if (matrix.aligned) {
#pragma unroll
            for (int i = 0; i < NarrowBlock::ROWS; i += STEP) {
                copyChunk<true>(to + i * Tile::ROW_BYTES, from + static_cast<size_t>(i) * matrix.columns,
                                row + line + i < matrix.rows ? inside : 0, matrix.values);
            }
        } else {
#pragma unroll 1
            for (int i = 0; i < NarrowBlock::ROWS; i += STEP) {
                copyChunk<false>(to + i * Tile::ROW_BYTES, from + static_cast<size_t>(i) * matrix.columns,
                                 row + line + i < matrix.rows ? inside : 0, matrix.values);
            }
        }
    }

    // A, 16 rows by 16 columns: of the tile, or of its transpose.
    static __device__ __forceinline__ void load(unsigned (&to)[4], unsigned tile, int row, int column) {
        const int lane = threadIdx.x % 32;
        loadMatrices(to, tile + Tile::offset(row + lane % 16, column + lane / 16 * 8));
    }

    static __device__ __forceinline__ void loadTransposed(unsigned (&to)[4], unsigned tile, int column, int row) {
        const int lane = threadIdx.x % 32;
        loadMatricesTransposed(to, tile + Tile::offset(row + lane % 8 + lane / 16 * 8, column + lane / 8 % 2 * 8));
    }
};

template <int ROWS>
struct RankTile {
    static constexpr int PAGE_BYTES = ROWS * NarrowBlock::PAGE * 2;

    static __device__ __forceinline__ unsigned offset(int row, int chunk) {
        return row * NarrowBlock::PAGE * 2 + ((chunk ^ (row >> 2 & 1)) << 4);
    }

    // So many pages, of rows from row and ranks from rank; 0 in rows beyond the matrix.
    static __device__ __forceinline__ void fill(unsigned tile, const RankMatrix& matrix, int row, int rank, int pages) {
        for (int i = threadIdx.x; i < pages * ROWS * 2; i += NarrowBlock::THREADS) {
            const int page = i / (ROWS * 2);
            const int line = i / 2 % ROWS;
            const int column = rank + page * NarrowBlock::PAGE + i % 2 * 8;
            const __nv_bfloat16* from = matrix.values + static_cast<size_t>(row + line) * matrix.ranks + column;
            copyChunk<true>(tile + page * PAGE_BYTES + offset(line, i % 2), from, row + line < matrix.rows ? 8 : 0, matrix.values);
        }
    }

    // B, 16 rows by 16 ranks: of two neighbouring products, the first two registers and the last two.
    static __device__ __forceinline__ void load(unsigned (&to)[4], unsigned tile, int page, int row) {
        const int lane = threadIdx.x % 32;
        loadMatricesTransposed(to, tile + page * PAGE_BYTES + offset(row + lane % 16, lane / 16));
    }

    // B, 32 rows by half a page: of two products one behind the other in depth.
    static __device__ __forceinline__ void loadHalf(unsigned (&to)[4], unsigned tile, int page, int half, int row) {
        loadMatricesTransposed(to, tile + page * PAGE_BYTES + offset(row + threadIdx.x % 32, half));
    }
};
