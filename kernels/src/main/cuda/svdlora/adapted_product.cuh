// The product of a frozen layer, and in the same sums that of its adapter: y = [x | h]·[W0 | U]ᵀ and dx = [dy | G ⊙ d]·[W0 ; Vᵀ]. It is
// the plain product of linear/product.cuh whose depth goes on for the ranks of the adapter, so nothing is written and read back between
// the two, and there is no other epilogue. h, U, G ⊙ d and Vᵀ have a multiple of 16 ranks, those beyond the adapter's being 0.
//
// Tile, stages and shared memory are the plain product's; registers are in budget.txt, and no kernel spills.
// Floor: 2·rows·columns·(depth + ranks) operations; 4096³ with 16 ranks is 138 GFLOP, 442 µs on an A800 and 139 µs on an H200. The ranks
// take a tile of depth of 32 for each 32 or less: 1 of 129 where 16 ranks would be 1 of 257. On the simulator that is 1.8 % more warp
// instructions than the plain product at a width of 4096 (dx: 2.0 %), 14.5 sectors a request and no bank conflict (docs/svd-lora.md).
#pragma once

#include "side_by_side.cuh"

namespace {

// C = [a | narrow] · [b ; factor]; the depth of the second pair is a multiple of 16.
template <typename Block, typename Left, typename NarrowLeft, typename Right, typename NarrowRight, typename T>
__device__ __forceinline__ void product(const Operand& a, const Operand& narrow, const Operand& b, const Operand& factor, T* c, bool add) {
    const ProductTile tile = ProductTile::of<Block>(a.lines, b.lines);
    const SideBySide<Left, NarrowLeft> left(a, narrow, tile.row);
    const SideBySide<Right, NarrowRight> right(b, factor, tile.column);
    T* slice = c + static_cast<size_t>(blockIdx.y) * a.lines * b.lines;
    productOfTile<Block>(left, right, left.depth(), tile, StoreMatrix<T>(slice, a.lines, b.lines, add));
}

}  // namespace

#define ADAPTED_PRODUCT(name, Block, RightOrder, rightStride, factorStride, aligned, type)                                            \
    extern "C" __global__ void __launch_bounds__(Block::THREADS, Block::RESIDENT)                                                     \
    name(const __nv_bfloat16* a, const __nv_bfloat16* narrow, const __nv_bfloat16* b, const __nv_bfloat16* factor, type* c, int rows, \
         int columns, int depth, int ranks, int add) {                                                                                \
        product<Block, LineMajor<Block, Side::LEFT, aligned>, LineMajor<Block, Side::LEFT, true>,                                     \
                RightOrder<Block, Side::RIGHT, aligned>, RightOrder<Block, Side::RIGHT, true>>(                                       \
            Operand{a, depth, rows, depth}, Operand{narrow, ranks, rows, ranks}, Operand{b, rightStride, columns, depth},             \
            Operand{factor, factorStride, columns, ranks}, c, add);                                                                   \
    }

#define ADAPTED_PRODUCTS(name, RightOrder, rightStride, factorStride, type)                                  \
    ADAPTED_PRODUCT(name, NarrowBlock, RightOrder, rightStride, factorStride, true, type)                    \
    ADAPTED_PRODUCT(name##_wide, WideBlock, RightOrder, rightStride, factorStride, true, type)               \
    ADAPTED_PRODUCT(name##_unaligned, NarrowBlock, RightOrder, rightStride, factorStride, false, type)
