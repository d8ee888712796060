// The tiles of a narrow pass, in shared memory. A pass runs over a wide matrix (rows, columns), such as x or dy, of which a block has 256
// rows and, one after the other, tiles of 64 columns, and meets matrices of few columns, the ranks: one whose rows are the wide matrix's
// columns (V, U), one whose rows are its rows (h, G ⊙ d). Those lie in pages of 16 ranks, 32 bytes a row; four rows share 128 bytes, and
// chunk c of row r lies at c XOR (r / 4 modulo 2): neither the 8 rows that ldmatrix takes at once nor 4 whole rows meet a bank twice.
#pragma once

#include "../common/product_operand.cuh"
#include "rank_group.cuh"

struct PassBlock {
    static constexpr int ROWS = 256;
    static constexpr int COLUMNS = 64;
    static constexpr int WARPS = 8;
    static constexpr int THREADS = 32 * WARPS;
    static constexpr int STAGES = 2;
    // ranks of a page
    static constexpr int PAGE = RankGroup::PAGE;
};

// A row-major matrix in global memory; where aligned, its rows begin at multiples of 16 bytes.
struct WideMatrix {
    const __nv_bfloat16* values;
    int rows;
    int columns;
    bool aligned;
};

// A matrix (rows, ranks) of each member of a group, side by side though apart in memory, of which a pass takes some pages.
struct RankMatrix {
    const Members<const __nv_bfloat16*>& values;
    int rows;
    const RankGroup& group;
};

// Tiles of 256 rows of a wide matrix.
class WideTile {
    using Tile = SwizzledTile<PassBlock::ROWS, PassBlock::COLUMNS>;
    static constexpr int CHUNKS = PassBlock::COLUMNS / Tile::CHUNK;
    static constexpr int STEP = PassBlock::THREADS / CHUNKS;

    const WideMatrix& matrix;
    // rows of the matrix from this thread's first on, and where it begins
    int rows;
    const __nv_bfloat16* from;
    unsigned place;
    unsigned lane;
    unsigned transposedLane;

    static __device__ __forceinline__ int across() {
        return threadIdx.x % CHUNKS * Tile::CHUNK;
    }

public:
    static constexpr int BYTES = Tile::BYTES;
    // of a warp, where the tile is an operand as it is, and where its transpose is
    static constexpr int WARP_ROWS = PassBlock::ROWS / PassBlock::WARPS;
    static constexpr int WARP_COLUMNS = 16;

    static __device__ __forceinline__ int warpRow() {
        return threadIdx.x / 32 * WARP_ROWS;
    }

    static __device__ __forceinline__ int warpColumn() {
        return threadIdx.x / 32 * WARP_COLUMNS % PassBlock::COLUMNS;
    }

    __device__ __forceinline__ WideTile(const WideMatrix& matrix, int row) : matrix(matrix) {
        const int line = row + threadIdx.x / CHUNKS;
        const int l = threadIdx.x % 32;
        rows = matrix.rows - line;
        from = matrix.values + static_cast<size_t>(line) * matrix.columns + across();
        place = kept(Tile::offset(threadIdx.x / CHUNKS, across()));
        lane = kept(Tile::offset(warpRow() + l % 16, l / 16 * 8));
        transposedLane = kept(Tile::offset(l % 8 + l / 16 * 8, warpColumn() + l / 8 % 2 * 8));
    }

    // Columns from column; 0 beyond the matrix.
    __device__ __forceinline__ void fill(unsigned tile, int column) const {
        const __nv_bfloat16* at = from + column;
        const size_t step = static_cast<size_t>(STEP) * matrix.columns;
        const int inside = matrix.columns - column - across();
        const unsigned to = tile + place;
        if (!matrix.aligned) {
#pragma unroll 1
            for (int i = 0; i < PassBlock::ROWS; i += STEP, at += step) {
                copyChunk<false>(to + i * Tile::ROW_BYTES, at, i < rows ? inside : 0, matrix.values);
            }
        } else if (inside > 0 && rows > PassBlock::ROWS - STEP) {
#pragma unroll
            for (int i = 0; i < PassBlock::ROWS; i += STEP, at += step) {
                copyAsync(to + i * Tile::ROW_BYTES, at);
            }
        } else {
#pragma unroll 1
            for (int i = 0; i < PassBlock::ROWS; i += STEP, at += step) {
                copyChunk<true>(to + i * Tile::ROW_BYTES, at, i < rows ? inside : 0, matrix.values);
            }
        }
    }

    // A, 16 rows of the warp by 16 columns.
    __device__ __forceinline__ void load(unsigned (&to)[4], unsigned tile, int row, int column) const {
        loadMatrices(to, tile + (lane ^ column * 2) + row * Tile::ROW_BYTES);
    }

    // A of the transpose, 16 columns of the warp by 16 rows.
    __device__ __forceinline__ void loadTransposed(unsigned (&to)[4], unsigned tile, int row) const {
        loadMatricesTransposed(to, tile + transposedLane + row * Tile::ROW_BYTES);
    }
};

template <int ROWS>
struct RankTile {
    static constexpr int PAGE_BYTES = ROWS * PassBlock::PAGE * 2;

    static __device__ __forceinline__ unsigned offset(int row, int chunk) {
        return row * PassBlock::PAGE * 2 + ((chunk ^ (row >> 2 & 1)) << 4);
    }

    // So many pages, of rows from row and ranks from rank; 0 in rows beyond the matrix.
    static __device__ __forceinline__ void fill(unsigned tile, const RankMatrix& matrix, int row, int rank, int pages) {
        for (int i = threadIdx.x; i < pages * ROWS * 2; i += PassBlock::THREADS) {
            const int page = i / (ROWS * 2);
            const int line = i / 2 % ROWS;
            const RankGroup::Place place = matrix.group.at(rank + page * PassBlock::PAGE);
            const __nv_bfloat16* values = matrix.values[place.member];
            const __nv_bfloat16* from = values + static_cast<size_t>(row + line) * place.ranks + place.column + i % 2 * 8;
            copyChunk<true>(tile + page * PAGE_BYTES + offset(line, i % 2), from, row + line < matrix.rows ? 8 : 0, values);
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
