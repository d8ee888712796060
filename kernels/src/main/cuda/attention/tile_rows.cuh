// How a block's threads move rows of one head of a (T, heads, D) array to a swizzled tile, and how its warps read fragments there.
#pragma once

#include "../common/async_copy.cuh"
#include "../common/swizzled_tile.cuh"
#include "../common/tensor_core.cuh"
#include "../common/unrolled.cuh"

// One thread's share of ROWS rows: a chunk of 16 bytes in every PASS-th row of every page. PASS is a multiple of 8, so that the swizzle is
// the same for all of them, and all their addresses in shared memory are one register and immediates.
template <typename Tile, int ROWS, int THREADS>
struct TileCopy {
    static constexpr int PASS = THREADS / Tile::PAGE_CHUNKS;
    static_assert(ROWS % PASS == 0, "whole passes");

    unsigned to;
    int row;
    int columns;

    // tile lies in shared memory; of each row `columns` elements exist, the rest becomes 0.
    __device__ __forceinline__ TileCopy(unsigned tile, int columns) {
        const int chunk = threadIdx.x % Tile::PAGE_CHUNKS;
        row = threadIdx.x / Tile::PAGE_CHUNKS;
        to = tile + Tile::offset(row, chunk * Tile::CHUNK);
        this->columns = columns - chunk * Tile::CHUNK;
    }

    // This thread's first element, where rows of `stride` bytes begin at `head`.
    __device__ __forceinline__ const char* source(const void* head, size_t stride) const {
        return static_cast<const char*>(head) + row * stride + threadIdx.x % Tile::PAGE_CHUNKS * 16;
    }

    // TO is added to the place in shared memory.
    template <int TO = 0>
    __device__ __forceinline__ void start(const char* source, int stride) const {
        copy<TO>(source, stride, [](auto) { return true; });
    }

    // Rows from `rows` on become 0.
    template <int TO = 0>
    __device__ __forceinline__ void start(const char* source, int stride, int rows) const {
        copy<TO>(source, stride, [&](auto pass) { return row + pass * PASS < rows; });
    }

private:
    template <int TO, typename Valid>
    __device__ __forceinline__ void copy(const char* source, int stride, const Valid& valid) const {
        unrolled<ROWS / PASS>([&](auto pass) {
            const char* from = source + static_cast<size_t>(pass * PASS) * stride;
            unrolled<Tile::PAGES>([&](auto page) {
                copyAsync<TO + page * Tile::PAGE_BYTES + pass * PASS * Tile::ROW_BYTES, page * Tile::PAGE * 2>(
                    to, from, valid(pass) && page * Tile::PAGE < columns);
            });
        });
    }
};

// Where a lane reads 16 x 16 blocks of a tile: row lane % 16, columns 0 to 7 or 8 to 15. What ldmatrix then gives is
//   for A by rows (Q): a[0], …, a[3];
//   for B by columns (K, keys being columns): b0 of keys 0 to 7, b0 of keys 8 to 15, b1, b1;
//   transposed, for B by rows (V): b0, b1 of columns 0 to 7, b0, b1 of columns 8 to 15.
// The swizzle makes an address of its own of every 16 columns of a page; all else is immediates.
template <typename Tile>
struct BlockAddresses {
    static constexpr int STEPS = Tile::PAGE / 16;
    unsigned at[STEPS];

    __device__ __forceinline__ BlockAddresses(unsigned tile, int firstRow) {
        const int row = threadIdx.x % 16;
        const unsigned half = threadIdx.x % 32 / 16 * 16;
        const unsigned start = tile + (firstRow + row) * Tile::ROW_BYTES;
#pragma unroll
        for (int step = 0; step < STEPS; step++) {
            at[step] = start + ((step * 32 + half) ^ Tile::twist(row));
        }
    }

    // Rows 16·BLOCK, columns 16·STEP and on; OFFSET is added to the place in shared memory.
    template <int BLOCK, int STEP, int OFFSET = 0>
    __device__ __forceinline__ void load(unsigned (&to)[4]) const {
        loadMatrices<OFFSET + immediate(BLOCK, STEP)>(to, at[STEP % STEPS]);
    }

    template <int BLOCK, int STEP, int OFFSET = 0>
    __device__ __forceinline__ void loadTransposed(unsigned (&to)[4]) const {
        loadMatricesTransposed<OFFSET + immediate(BLOCK, STEP)>(to, at[STEP % STEPS]);
    }

private:
    static __device__ __forceinline__ constexpr int immediate(int block, int step) {
        return step / STEPS * Tile::PAGE_BYTES + block * 16 * Tile::ROW_BYTES;
    }
};
