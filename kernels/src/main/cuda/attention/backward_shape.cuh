// How the backward of attention cuts its work, for each padded head dimension: a block has KEYS keys and meets QUERIES queries at a time,
// and its eight warps share every product as a grid. SCORE_WARPS of them lie along the rows of S and dP, KEY_WARPS along those of dK and
// dV, QUERY_WARPS along those of dQ; the rest of eight along the columns.
#pragma once

#include "../common/swizzled_tile.cuh"

template <int QUERIES_, int KEYS_, int SCORE_WARPS_, int KEY_WARPS_, int QUERY_WARPS_>
struct BackwardCut {
    static constexpr int WARPS = 8;
    static constexpr int THREADS = 32 * WARPS;
    static constexpr int QUERIES = QUERIES_;
    static constexpr int KEYS = KEYS_;
    // query tiles beside one key tile
    static constexpr int PARTS = KEYS / QUERIES;
    static constexpr int SCORE_WARPS = SCORE_WARPS_;
    static constexpr int KEY_WARPS = KEY_WARPS_;
    static constexpr int QUERY_WARPS = QUERY_WARPS_;
};

// Registers bind at 255 a thread: dK and dV take KEYS · DIM / 128 of them, S and dP QUERIES · KEYS / 128.
template <int DIM>
struct BackwardShape;

template <>
struct BackwardShape<32> : BackwardCut<128, 128, 4, 4, 4> { };

template <>
struct BackwardShape<64> : BackwardCut<128, 128, 4, 4, 4> { };

template <>
struct BackwardShape<96> : BackwardCut<64, 128, 2, 4, 4> { };

template <>
struct BackwardShape<128> : BackwardCut<64, 128, 2, 4, 2> { };

template <>
struct BackwardShape<256> : BackwardCut<32, 64, 2, 2, 2> { };

// The part of a warp in a product of ROWS x COLUMNS: 16 x 16 blocks, of which it has every ROW_WARPS-th down and every COLUMN_WARPS-th
// across. Neighbours have neighbouring blocks, so that a mask's edge costs all warps alike.
template <int ROWS, int COLUMNS, int WARPS_DOWN>
struct WarpGrid {
    static constexpr int ROW_WARPS = WARPS_DOWN;
    static constexpr int COLUMN_WARPS = 8 / WARPS_DOWN;
    static constexpr int ROW_BLOCKS = ROWS / 16 / ROW_WARPS;
    static constexpr int COLUMN_BLOCKS = COLUMNS / 16 / COLUMN_WARPS;
    static_assert(ROW_BLOCKS * ROW_WARPS * 16 == ROWS && COLUMN_BLOCKS * COLUMN_WARPS * 16 == COLUMNS, "whole blocks");

    // sums of one warp: two fragments a block
    using Sums = float[ROW_BLOCKS][2 * COLUMN_BLOCKS][4];

    static __device__ __forceinline__ int row() {
        return threadIdx.x / 32 % ROW_WARPS;
    }

    static __device__ __forceinline__ int column() {
        return threadIdx.x / 32 / ROW_WARPS;
    }
};

// Sums of dQ lie in memory as warps hold them: each of a lane's registers beside the same register of its neighbours, so that a warp adds
// 128 bytes that lie together. A tile of QUERIES x DIM takes as many floats as it has elements.
template <int DIM>
struct QuerySums {
    using Shape = BackwardShape<DIM>;
    using Grid = WarpGrid<Shape::QUERIES, DIM, Shape::QUERY_WARPS>;
    static constexpr int COUNT = Shape::QUERIES * DIM;

    // Where fragment (b, t), register i of lane 0 lies in the part of a warp.
    static __device__ __forceinline__ constexpr int at(int b, int t, int i) {
        return ((b * 2 * Grid::COLUMN_BLOCKS + t) * 4 + i) * 32;
    }

    static __device__ __forceinline__ int ofWarp() {
        return threadIdx.x / 32 * (COUNT / Shape::WARPS);
    }
};
