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
        // or it would be made anew in the loops
        asm volatile("" : "+r"(to));
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

// In which order ldmatrix takes the four 8 x 8 quarters of a 16 x 16 block. A product wants b0 and b1 in neighbouring registers; any other
// order costs two MOVs for each.
enum class Quarters {
    // Down the rows first. By rows, an A (Q): a[0], …, a[3]. Transposed, two B (V): b0, b1 of columns 0 to 7, then of columns 8 to 15.
    DOWN,
    // Along the row first. By columns, two B (K, whose rows are the product's columns): b0, b1 of rows 0 to 7, then of rows 8 to 15.
    ALONG
};

// Where a lane reads the blocks of a tile. Every 16 columns of a page differ by one XOR, since a page's rows begin at multiples of their
// length; all else is immediates.
template <typename Tile, Quarters ORDER>
struct BlockAddresses {
    static constexpr int STEPS = Tile::PAGE / 16;
    unsigned at;

    __device__ __forceinline__ BlockAddresses(unsigned tile, int firstRow) {
        const int low = threadIdx.x / 8 % 2;
        const int high = threadIdx.x / 16 % 2;
        const int row = threadIdx.x % 8 + 8 * (ORDER == Quarters::DOWN ? low : high);
        const unsigned half = 16 * (ORDER == Quarters::DOWN ? high : low);
        at = tile + (firstRow + row) * Tile::ROW_BYTES + (half ^ Tile::twist(row));
        // or it would be made anew in the loops
        asm volatile("" : "+r"(at));
    }

    // Rows 16·BLOCK, columns 16·STEP and on; OFFSET is added to the place in shared memory.
    template <int BLOCK, int STEP, int OFFSET = 0>
    __device__ __forceinline__ void load(unsigned (&to)[4]) const {
        loadMatrices<OFFSET + immediate(BLOCK, STEP)>(to, at ^ STEP % STEPS * 32);
    }

    template <int BLOCK, int STEP, int OFFSET = 0>
    __device__ __forceinline__ void loadTransposed(unsigned (&to)[4]) const {
        loadMatricesTransposed<OFFSET + immediate(BLOCK, STEP)>(to, at ^ STEP % STEPS * 32);
    }

private:
    static __device__ __forceinline__ constexpr int immediate(int block, int step) {
        return step / STEPS * Tile::PAGE_BYTES + block * 16 * Tile::ROW_BYTES;
    }
};
