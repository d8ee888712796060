// Which part of a product a block computes. blockIdx.x numbers the tiles of C in an order that keeps what neighbours read in the
// second-level cache: groups of 8 tile rows, column by column, so that the blocks that run together share rows of A and columns of B.
// blockIdx.y numbers slices of the depth, for products of too few tiles to fill a card; a second launch adds their sums up in order.
//
// A launch gives a block its THREADS, and the shared memory of its stages or of its sums, 16 KB a warp, whichever is more
// (ProductGrid.java).
#pragma once

#include "product_store.cuh"

extern __shared__ __align__(128) unsigned char productMemory[];

struct ProductTile {
    static constexpr int GROUP = 8;
    int row;
    int column;

    // The tile of this block in a C of at most so many rows and columns.
    template <typename Block>
    static __device__ __forceinline__ ProductTile of(int rows, int columns) {
        const int down = (rows + Block::ROWS - 1) / Block::ROWS;
        const int across = (columns + Block::COLUMNS - 1) / Block::COLUMNS;
        const int first = blockIdx.x / (GROUP * across) * GROUP;
        const int size = min(down - first, GROUP);
        const int place = blockIdx.x - first * across;
        return {(first + place % size) * Block::ROWS, place / size * Block::COLUMNS};
    }
};

// Tiles that a depth is cut into.
__device__ __forceinline__ int depthTiles(int depth) {
    return (depth + ProductShape::DEPTH - 1) / ProductShape::DEPTH;
}

// A tile of left · right, summed over this block's slice of so many tiles of depth, to store.
template <typename Block, typename Left, typename Right, typename Store>
__device__ __forceinline__ void productOfTile(const Left& left, const Right& right, int tiles, const ProductTile& tile,
                                              const Store& store) {
    const int first = static_cast<int>(static_cast<long long>(tiles) * blockIdx.y / gridDim.y);
    const int end = static_cast<int>(static_cast<long long>(tiles) * (blockIdx.y + 1) / gridDim.y);
    ProductSums sums = {};
    ProductLoop<Left, Right>::run(sums, left, right, sharedAddress(productMemory), first, end);
    SumStage::store(sums, productMemory + threadIdx.x / 32 * SumStage::BYTES, tile.row + BlockLines<Block, Side::LEFT>::ofWarp(),
                    tile.column + BlockLines<Block, Side::RIGHT>::ofWarp(), store);
}
