// Which part of a product a block computes. blockIdx.x numbers the tiles of C in an order that keeps what neighbours read in the second-level
// cache: groups of 8 tile rows, column by column, so that the blocks that run together share rows of A and columns of B. blockIdx.y numbers
// slices of the depth, for products of too few tiles to fill a card; their sums are added up in order by a second launch (ProductGrid.java).
#pragma once

#include "product_store.cuh"

extern __shared__ __align__(128) unsigned char productMemory[];

struct ProductTile {
    static constexpr int GROUP = 8;
    int row;
    int column;

    // The tile of this block in a C of at most so many rows and columns.
    static __device__ __forceinline__ ProductTile of(int rows, int columns) {
        const int down = (rows + ProductBlock::ROWS - 1) / ProductBlock::ROWS;
        const int across = (columns + ProductBlock::COLUMNS - 1) / ProductBlock::COLUMNS;
        const int id = blockIdx.x;
        const int first = id / (GROUP * across) * GROUP;
        const int size = min(down - first, GROUP);
        const int place = id - first * across;
        return {(first + place % size) * ProductBlock::ROWS, place / size * ProductBlock::COLUMNS};
    }
};

// A tile of left · right, summed over this block's slice of the depth, to store.
template <typename Left, typename Right, typename Store>
__device__ __forceinline__ void productOfTile(const Left& left, const Right& right, int depth, const ProductTile& tile, const Store& store) {
    const long long tiles = (depth + ProductBlock::DEPTH - 1) / ProductBlock::DEPTH;
    const int first = static_cast<int>(tiles * blockIdx.y / gridDim.y);
    const int end = static_cast<int>(tiles * (blockIdx.y + 1) / gridDim.y);
    ProductSums sums = {};
    ProductLoop<Left, Right>::run(sums, left, right, sharedAddress(productMemory), first, end);
    static_assert(ProductBlock::WARPS * SumStage::BYTES <= ProductLoop<Left, Right>::BYTES, "the sums fit where the operands were");
    SumStage::store(sums, productMemory + threadIdx.x / 32 * SumStage::BYTES, tile.row + BlockLines<Side::LEFT>::ofWarp(),
                    tile.column + BlockLines<Side::RIGHT>::ofWarp(), store);
}
