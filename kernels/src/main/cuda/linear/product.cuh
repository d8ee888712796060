// The matrix products of a linear layer, in bfloat16 with float32 sums: y = x·Wᵀ, dx = dy·W, dW += dyᵀ·x, each from its operands as they
// are stored. The main loop is explained in common/product_loop.cuh.
//
// Tile: 128 x 128 x 32, 4 warps of 64 x 64, 4 stages of 16 KB: 64 KB of shared memory and 213 to 248 registers a thread, no spills, so
// two blocks a multiprocessor. _wide: 128 x 256 x 32, 8 warps, 96 KB (128 KB for the sums), up to 254 registers, one block. _unaligned:
// element by element.
//
// Floor: 2·rows·columns·depth operations; 4096³ is 137 GFLOP, 441 µs on an A800 and 139 µs on an H200. Of its PTX a tile of depth takes a
// warp 161 instructions for 64 mma, 2.5 each; some 28 are additions that become immediates of ldmatrix and cp.async. Those mma take 512
// cycles of a scheduler's tensor core, which two warps share: 31 % of the issue slots. Shared memory is read for 256 and written for 128 of
// 512 cycles, and the simulator counts no bank conflict. The second-level cache gives a multiprocessor 32 bytes a cycle (wide: 24) at the
// full rate of the tensor cores.
//
// Prediction: the tensor cores bind on an A800, and 1024 tiles fill 4.74 of 5 rounds, so 0.85 to 0.9 of the rate at the clock that the card
// holds. On an H200 mma.sync reaches about 0.6 of the peak, which is that of wgmma. Nothing is measured, neither this nor cuBLAS beside it.
#pragma once

#include "../common/product_grid.cuh"

namespace {

// C = A · B, A (rows, depth), B (depth, columns), each stored as Left and Right read it.
template <typename Block, typename Left, typename Right, typename T>
__device__ __forceinline__ void product(const Operand& a, const Operand& b, T* c, bool add) {
    const ProductTile tile = ProductTile::of<Block>(a.lines, b.lines);
    T* slice = c + static_cast<size_t>(blockIdx.y) * a.lines * b.lines;
    productOfTile<Block>(Left(a, tile.row), Right(b, tile.column), depthTiles(a.depth), tile,
                         StoreMatrix<T>(slice, a.lines, b.lines, add));
}

}  // namespace

#define PRODUCT(name, Block, LeftOrder, RightOrder, leftStride, rightStride, aligned, type)                                          \
    extern "C" __global__ void __launch_bounds__(Block::THREADS, Block::RESIDENT)                                                    \
    name(const __nv_bfloat16* a, const __nv_bfloat16* b, type* c, int rows, int columns, int depth, int add) {                       \
        product<Block, LeftOrder<Block, Side::LEFT, aligned>, RightOrder<Block, Side::RIGHT, aligned>>(                              \
            Operand{a, leftStride, rows, depth}, Operand{b, rightStride, columns, depth}, c, add);                                   \
    }

#define PRODUCTS(name, LeftOrder, RightOrder, leftStride, rightStride, type)                                     \
    PRODUCT(name, NarrowBlock, LeftOrder, RightOrder, leftStride, rightStride, true, type)                       \
    PRODUCT(name##_wide, WideBlock, LeftOrder, RightOrder, leftStride, rightStride, true, type)                  \
    PRODUCT(name##_unaligned, NarrowBlock, LeftOrder, RightOrder, leftStride, rightStride, false, type)
