// Products of tiles in shared memory by all warps of a block, and where a warp's sums go there.
#pragma once

#include "../common/swizzled_tile.cuh"
#include "../common/tensor_core.cuh"
#include "../common/unrolled.cuh"

// Addresses of the 16 x 16 blocks of a tile that are a warp's own: (ROW_STEP·i, COLUMN_STEP·j) from a first one. Steps are powers of two
// and the first column is below COLUMN_STEP, so the columns of a block are the first's with other bits set, and the swizzle, an XOR,
// commutes with that: an address is one XOR, which all blocks of a column share, and an immediate.
template <typename Tile, int ROW_STEP, int COLUMN_STEP>
struct BlockAddress {
    static constexpr int PAGE_BLOCKS = Tile::PAGE / 16;
    static_assert((COLUMN_STEP & (COLUMN_STEP - 1)) == 0 && COLUMN_STEP <= PAGE_BLOCKS, "columns are those of the first, XOR a constant");

    // Of chunk `half` of the blocks in that column, given the place of the lane in the first block.
    static __device__ __forceinline__ unsigned column(unsigned first, int column, int half) {
        return first ^ (column * COLUMN_STEP % PAGE_BLOCKS * 32 + half * 16);
    }

    static __device__ __forceinline__ constexpr int immediate(int row, int column) {
        return column * COLUMN_STEP / PAGE_BLOCKS * Tile::PAGE_BYTES + row * ROW_STEP * 16 * Tile::ROW_BYTES;
    }
};

// The same blocks, whose address the compiler then keeps in a register and does not compute again in every step.
template <typename Blocks>
__device__ __forceinline__ Blocks kept(Blocks blocks) {
    asm volatile("" : "+r"(blocks.first));
    return blocks;
}

// How a factor lies in its tile: its rows along the tile's rows, or along the tile's columns.
enum class Lies { BY_ROWS, BY_COLUMNS };

// A factor of a product in a tile. The order in which ldmatrix takes the quarters of a block, down first or along first, is that in which
// the registers of an A follow each other, and b0 b1 b0 b1 of two B: any other would cost MOVs. OFFSET leads to a tile of the same size.
template <typename Tile, Lies LIES, int ROW_STEP, int COLUMN_STEP, int OFFSET = 0>
struct Factor {
    using Address = BlockAddress<Tile, ROW_STEP, COLUMN_STEP>;
    static constexpr Lies HOW = LIES;

    unsigned first;

    static __device__ __forceinline__ Factor in(unsigned tile, int rowBlock, int columnBlock) {
        const int quarter = threadIdx.x % 32 / 8;
        const int low = quarter % 2;
        const int high = quarter / 2;
        const int below = LIES == Lies::BY_ROWS ? low : high;
        const int right = LIES == Lies::BY_ROWS ? high : low;
        return {tile + Tile::offset(16 * rowBlock + 8 * below + threadIdx.x % 8, 16 * columnBlock + 8 * right)};
    }

    // The same blocks of a tile BYTES further on, from the same registers.
    template <int BYTES>
    __device__ __forceinline__ Factor<Tile, LIES, ROW_STEP, COLUMN_STEP, OFFSET + BYTES> after() const {
        return {first};
    }

    // The same blocks `bytes` further on, which leaves the low bits of addresses as they are.
    __device__ __forceinline__ Factor from(unsigned bytes) const {
        return {first + bytes};
    }

    template <int ROW, int COLUMN>
    __device__ __forceinline__ void load(unsigned (&to)[4]) const {
        loadMatrices<OFFSET + Address::immediate(ROW, COLUMN)>(to, Address::column(first, COLUMN, 0));
    }

    template <int ROW, int COLUMN>
    __device__ __forceinline__ void loadTransposed(unsigned (&to)[4]) const {
        loadMatricesTransposed<OFFSET + Address::immediate(ROW, COLUMN)>(to, Address::column(first, COLUMN, 0));
    }
};

// sums += A · B over DEPTH blocks of 16. A is (rows, depth), B (depth, columns); both have steps of 1 along the depth.
template <typename T, int DEPTH, int ROWS, int COLUMNS, typename A, typename B>
__device__ __forceinline__ void multiply(float (&sums)[ROWS][COLUMNS][4], const A& a, const B& b) {
    unrolled<DEPTH>([&](auto step) {
        unsigned left[ROWS][4];
        unrolled<ROWS>([&](auto row) {
            if constexpr (A::HOW == Lies::BY_ROWS) {
                a.template load<row, step>(left[row]);
            } else {
                a.template loadTransposed<step, row>(left[row]);
            }
        });
        unrolled<COLUMNS / 2>([&](auto column) {
            unsigned right[4];
            if constexpr (B::HOW == Lies::BY_ROWS) {
                b.template loadTransposed<step, column>(right);
            } else {
                b.template load<column, step>(right);
            }
#pragma unroll
            for (int row = 0; row < ROWS; row++) {
                TensorCore<T>::multiply(sums[row][2 * column], left[row], right[0], right[1]);
                TensorCore<T>::multiply(sums[row][2 * column + 1], left[row], right[2], right[3]);
            }
        });
    });
}

// Where sums are narrowed to: a lane writes columns 2·member and + 1 of rows group and group + 8.
template <typename Tile, int ROW_STEP, int COLUMN_STEP, int OFFSET = 0>
struct Cells {
    using Address = BlockAddress<Tile, ROW_STEP, COLUMN_STEP>;

    unsigned first;

    static __device__ __forceinline__ Cells in(unsigned tile, int rowBlock, int columnBlock) {
        return {tile + Tile::offset(16 * rowBlock + threadIdx.x % 32 / 4, 16 * columnBlock) + threadIdx.x % 4 * 4};
    }

    template <int BYTES>
    __device__ __forceinline__ Cells<Tile, ROW_STEP, COLUMN_STEP, OFFSET + BYTES> after() const {
        return {first};
    }

    template <typename T, int ROWS, int COLUMNS>
    __device__ __forceinline__ void store(const float (&sums)[ROWS][COLUMNS][4]) const {
        unrolled<ROWS>([&](auto row) {
            unrolled<COLUMNS>([&](auto column) {
                const float(&f)[4] = sums[row][column];
                const unsigned to = Address::column(first, column / 2, column % 2);
                constexpr int AT = OFFSET + Address::immediate(row, column / 2);
                word<AT>(to, TensorCore<T>::narrow(f[0], f[1]));
                word<AT + 8 * Tile::ROW_BYTES>(to, TensorCore<T>::narrow(f[2], f[3]));
            });
        });
    }

private:
    template <int AT>
    static __device__ __forceinline__ void word(unsigned to, unsigned value) {
        asm volatile("st.shared.b32 [%0+%2], %1;" ::"r"(to), "r"(value), "n"(AT) : "memory");
    }
};
