// The main loop of a matrix product: a block sums a tile of C over the tiles of its operands' depth (see product_operand.cuh).
//
// Shared memory holds STAGES tiles of both operands. While the tensor cores work on one, the copies of the next STAGES - 1 are under way:
//
//     tile t, first half:   registers <- second half of t    multiply by the first half of t
//             second half:  wait for tile t + 1; barrier: nobody reads tile t any more
//                           slot of t <- tile t + STAGES     registers <- first half of t + 1    multiply by the second half of t
//
// A half is 16 of depth: of 64 x 64 sums of a warp, 32 mma on 8 ldmatrix. So there is one barrier a tile, and the fragments that an
// instruction needs were asked for 32 mma before. The order of the sums is that of the depth, whatever the grid.
#pragma once

#include "product_operand.cuh"

// 64 x 64 of a warp: fragments of 16 rows by 8 columns (see tensor_core.cuh).
struct ProductSums {
    static constexpr int DOWN = ProductShape::WARP_TILE / 16;
    static constexpr int ACROSS = ProductShape::WARP_TILE / 8;
    float values[DOWN][ACROSS][4];
};

struct ProductFragments {
    static constexpr int COUNT = ProductShape::WARP_TILE / 16;
    unsigned left[COUNT][4];
    unsigned right[COUNT][4];

    template <typename Left, typename Right>
    __device__ __forceinline__ void load(const Left& a, const Right& b, unsigned slot, int step) {
#pragma unroll
        for (int i = 0; i < COUNT; i++) {
            b.load(right[i], slot + Left::BYTES, i, step);
        }
#pragma unroll
        for (int i = 0; i < COUNT; i++) {
            a.load(left[i], slot, i, step);
        }
    }

    __device__ __forceinline__ void addTo(ProductSums& sums) const {
#pragma unroll
        for (int i = 0; i < ProductSums::DOWN; i++) {
#pragma unroll
            for (int j = 0; j < ProductSums::ACROSS; j++) {
                const unsigned* b = &right[j / 2][j % 2 * 2];
                TensorCore<__nv_bfloat16>::multiply(sums.values[i][j], left[i], b[0], b[1]);
            }
        }
    }
};

template <typename Left, typename Right>
struct ProductLoop {
    static constexpr int STAGE_BYTES = Left::BYTES + Right::BYTES;
    static constexpr int BYTES = ProductShape::STAGES * STAGE_BYTES;

    // Sums over the tiles from first to end, those beyond an operand's depth being 0. Afterwards nobody uses the shared memory any more.
    static __device__ __forceinline__ void run(ProductSums& sums, const Left& left, const Right& right, unsigned shared, int first,
                                               int end) {
        unsigned slot = shared;
#pragma unroll
        for (int stage = 0; stage < ProductShape::STAGES; stage++) {
            fill(left, right, slot + stage * STAGE_BYTES, first + stage);
        }
        waitForCopies<ProductShape::STAGES - 1>();
        __syncthreads();
        ProductFragments early;
        ProductFragments late;
        early.load(left, right, slot, 0);
#pragma unroll 1
        for (int tile = first; tile < end; tile++) {
            late.load(left, right, slot, 1);
            early.addTo(sums);
            waitForCopies<ProductShape::STAGES - 2>();
            __syncthreads();
            fill(left, right, slot, tile + ProductShape::STAGES);
            slot = slot + STAGE_BYTES == shared + BYTES ? shared : slot + STAGE_BYTES;
            early.load(left, right, slot, 0);
            late.addTo(sums);
        }
        waitForCopies<0>();
        __syncthreads();
    }

private:
    static __device__ __forceinline__ void fill(const Left& left, const Right& right, unsigned slot, int tile) {
        left.fill(slot, tile);
        right.fill(slot + Left::BYTES, tile);
        commitCopies();
    }
};
