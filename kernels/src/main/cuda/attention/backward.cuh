#pragma once

#include <cstdint>

#include "backward_query.cuh"
#include "backward_range.cuh"
#include "backward_shape.cuh"
#include "backward_turns.cuh"
#include "tile_product.cuh"
#include "tile_rows.cuh"

// Arrays are (T, heads, columns). Scratch is in query tiles: tile QUERIES·i of the key tile k is number k · PARTS + i, and number · heads +
// head is where its statistics, sums and turns lie.
template <typename T>
struct BackwardArguments {
    const T* query;
    const T* key;
    const T* value;
    const T* dOutput;
    const uint8_t* keyMask;   // null for none
    const int* tiles;         // of each key tile its sequence's first token, the sequence's length, the position of its first key
    const float* statistics;  // of each query tile -LSE · log2 e of its queries, then -D
    float* querySums;
    int* turns;   // of each query tile and warp how many key tiles have added; null to add in any order
    int* ticket;  // null as well
    T* dKey;
    T* dValue;
    int queryHeads;
    int keyValueHeads;
    int columns;
    int window;
    int causal;
    float scale;
};

template <typename T, int DIM>
struct AttentionBackward {
    using Shape = BackwardShape<DIM>;
    static constexpr int QUERIES = Shape::QUERIES;
    static constexpr int KEYS = Shape::KEYS;

    using QueryTile = SwizzledTile<QUERIES, DIM>;
    using KeyTile = SwizzledTile<KEYS, DIM>;
    using ScoreTile = SwizzledTile<QUERIES, KEYS>;
    using QueryCopy = TileCopy<QueryTile, QUERIES, Shape::THREADS>;
    using KeyCopy = TileCopy<KeyTile, KEYS, Shape::THREADS>;

    using ScoreGrid = WarpGrid<QUERIES, KEYS, Shape::SCORE_WARPS>;
    using KeyGrid = WarpGrid<KEYS, DIM, Shape::KEY_WARPS>;
    using QueryGrid = typename QuerySums<DIM>::Grid;

    // Shared memory: K, V, P, dS, and two stages of Q, dO and the queries' statistics.
    static constexpr int STATISTICS_BYTES = 2 * QUERIES * sizeof(float);
    static constexpr int STAGE_BYTES = 2 * QueryTile::BYTES + STATISTICS_BYTES;
    static constexpr int SCORES = 2 * KeyTile::BYTES;
    static constexpr int STAGES = SCORES + 2 * ScoreTile::BYTES;
    static constexpr int SHARED_BYTES = STAGES + 2 * STAGE_BYTES;

    const BackwardArguments<T>& a;
    unsigned char* const shared;
    const unsigned address;
    const int firstToken;
    const QueryRange<QUERIES, KEYS> range;
    const int firstHead;
    const int firstScratch;  // number of the sequence's first query tile
    const QueryCopy copy;
    // where this warp's blocks lie: of Q for S, of K for S, of P to be written, of P for dV, of Q for dK, of dS and K for dQ
    const Factor<QueryTile, Lies::BY_ROWS, ScoreGrid::ROW_WARPS, 1> queryRows;
    const Factor<KeyTile, Lies::BY_COLUMNS, ScoreGrid::COLUMN_WARPS, 1> keyColumns;
    const Cells<ScoreTile, ScoreGrid::ROW_WARPS, ScoreGrid::COLUMN_WARPS> cells;
    const Factor<ScoreTile, Lies::BY_COLUMNS, 1, KeyGrid::ROW_WARPS> scoreColumns;
    const Factor<QueryTile, Lies::BY_ROWS, 1, KeyGrid::COLUMN_WARPS> queryDepth;
    const Factor<ScoreTile, Lies::BY_ROWS, QueryGrid::ROW_WARPS, 1> scoreRows;
    const Factor<KeyTile, Lies::BY_ROWS, 1, QueryGrid::COLUMN_WARPS> keyDepth;
    unsigned seenKeys;  // bit 4·block + 2·half + e for the keys of this lane's sums
    typename KeyGrid::Sums dKey = {};
    typename KeyGrid::Sums dValue = {};

    __device__ __forceinline__ AttentionBackward(const BackwardArguments<T>& a, unsigned char* shared, int number, int keyValueHead)
        : a(a),
          shared(shared),
          address(sharedAddress(shared)),
          firstToken(a.tiles[3 * number]),
          range(a.tiles[3 * number + 1], a.tiles[3 * number + 2], a.window, a.causal != 0),
          firstHead(keyValueHead * (a.queryHeads / a.keyValueHeads)),
          firstScratch((number - range.firstKey / KEYS) * Shape::PARTS),
          copy(address + STAGES, a.columns),
          queryRows(queryRows.in(address + STAGES, ScoreGrid::row(), 0)),
          keyColumns(keyColumns.in(address, ScoreGrid::column(), 0)),
          cells(cells.in(address + SCORES, ScoreGrid::row(), ScoreGrid::column())),
          scoreColumns(scoreColumns.in(address + SCORES, 0, KeyGrid::row())),
          queryDepth(queryDepth.in(address + STAGES, 0, KeyGrid::column())),
          scoreRows(scoreRows.in(address + SCORES + ScoreTile::BYTES, QueryGrid::row(), 0)),
          keyDepth(keyDepth.in(address, 0, QueryGrid::column())) {
        loadKeys(keyValueHead);
        seenKeys = 0;
        unrolled<ScoreGrid::COLUMN_BLOCKS>([&](auto block) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                const int key = range.firstKey + laneKey() + 16 * block * ScoreGrid::COLUMN_WARPS + i / 2 * 8 + i % 2;
                const bool seen = key < range.length && (a.keyMask == nullptr || a.keyMask[firstToken + key] != 0);
                seenKeys |= (seen ? 1u : 0u) << (4 * block + i);
            }
        });
    }

    // Of this lane's sums of S: the first row and column.
    static __device__ __forceinline__ int laneQuery() {
        return 16 * ScoreGrid::row() + threadIdx.x % 32 / 4;
    }

    static __device__ __forceinline__ int laneKey() {
        return 16 * ScoreGrid::column() + threadIdx.x % 4 * 2;
    }

    __device__ __forceinline__ void loadKeys(int keyValueHead) {
        const KeyCopy keys(address, a.columns);
        const int stride = a.keyValueHeads * a.columns * 2;
        const size_t first = static_cast<size_t>(firstToken + range.firstKey) * stride + keyValueHead * a.columns * 2;
        const int rows = range.length - range.firstKey;
        keys.start(keys.source(reinterpret_cast<const char*>(a.key) + first, stride), stride, rows);
        keys.template start<KeyTile::BYTES>(keys.source(reinterpret_cast<const char*>(a.value) + first, stride), stride, rows);
    }

    __device__ __forceinline__ size_t scratch(int head, int tile) const {
        return static_cast<size_t>(firstScratch + tile) * a.queryHeads + firstHead + head;
    }

    // Begins the copies of Q, dO and the statistics of a query tile.
    __device__ __forceinline__ void loadQueries(unsigned stage, int head, int tile) const {
        const int stride = a.queryHeads * a.columns * 2;
        const size_t first = static_cast<size_t>(firstToken + tile * QUERIES) * stride + (firstHead + head) * a.columns * 2;
        QueryCopy to = copy;
        to.to += stage;
        const int rows = range.length - tile * QUERIES;
        to.start(copy.source(reinterpret_cast<const char*>(a.query) + first, stride), stride, rows);
        to.template start<QueryTile::BYTES>(copy.source(reinterpret_cast<const char*>(a.dOutput) + first, stride), stride, rows);
        if (threadIdx.x < STATISTICS_BYTES / 16) {
            copyAsync(address + STAGES + stage + 2 * QueryTile::BYTES + threadIdx.x * 16,
                      a.statistics + scratch(head, tile) * (2 * QUERIES) + threadIdx.x * 4);
        }
    }

    // All query heads of the group, one after another, so that dK and dV are summed here; of each the query tiles from last to first.
    __device__ __forceinline__ void run() {
        const int group = a.queryHeads / a.keyValueHeads;
        const int firstTile = range.firstTile();
        const int lastTile = range.lastTile();
        int head = 0;
        int tile = lastTile;
        unsigned stage = 0;
        loadQueries(stage, head, tile);
        commitCopies();
        while (head < group) {
            const bool wraps = tile == firstTile;
            const int nextHead = wraps ? head + 1 : head;
            const int nextTile = wraps ? lastTile : tile - 1;
            waitForCopies<0>();
            __syncthreads();
            if (nextHead < group) {
                loadQueries(STAGE_BYTES - stage, nextHead, nextTile);
            }
            commitCopies();
            step(stage, head, tile);
            head = nextHead;
            tile = nextTile;
            stage = STAGE_BYTES - stage;
        }
    }

    __device__ __forceinline__ void step(unsigned stage, int head, int tile) {
        scores(stage, tile);
        __syncthreads();
        const auto queries = queryDepth.from(stage);
        multiply<T, QUERIES / 16>(dValue, scoreColumns, queries.template after<QueryTile::BYTES>());
        const size_t number = scratch(head, tile);
        int* const turn = a.turns == nullptr ? nullptr : a.turns + number * Shape::WARPS + threadIdx.x / 32;
        addQueries(a.querySums + number * QuerySums<DIM>::COUNT, turn, range.tilesBefore(tile * QUERIES));
        multiply<T, QUERIES / 16>(dKey, scoreColumns.template after<ScoreTile::BYTES>(), queries);
        if (turn != nullptr) {
            passTurn(turn);
        }
    }

    // P = exp2(S · scale · log2 e - LSE · log2 e) and dS = P ∘ (dP - D), to shared memory. Sums of dP begin as -D.
    __device__ __forceinline__ void scores(unsigned stage, int tile) const {
        constexpr int ROWS = ScoreGrid::ROW_BLOCKS;
        constexpr int COLUMNS = 2 * ScoreGrid::COLUMN_BLOCKS;
        const auto queries = queryRows.from(stage);
        const float* const statistics = reinterpret_cast<const float*>(shared + STAGES + stage + 2 * QueryTile::BYTES) + laneQuery();
        const float factor = a.scale * 1.44269504f;
        typename ScoreGrid::Sums p = {};
        multiply<T, DIM / 16>(p, queries, keyColumns);
        typename ScoreGrid::Sums dp;
#pragma unroll
        for (int b = 0; b < ROWS; b++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int row = 16 * b * ScoreGrid::ROW_WARPS + 8 * half;
                const float logSumExp = statistics[row];
                const float delta = statistics[QUERIES + row];
#pragma unroll
                for (int t = 0; t < COLUMNS; t++) {
#pragma unroll
                    for (int i = 2 * half; i < 2 * half + 2; i++) {
                        p[b][t][i] = exponential(fmaf(p[b][t][i], factor, logSumExp));
                        dp[b][t][i] = delta;
                    }
                }
            }
        }
        if (seenKeys != (1u << 4 * ScoreGrid::COLUMN_BLOCKS) - 1 || range.cuts(tile * QUERIES)) {
            hide(p, tile * QUERIES);
        }
        cells.template store<T>(p);
        multiply<T, DIM / 16>(dp, queries.template after<QueryTile::BYTES>(),
                                                               keyColumns.template after<KeyTile::BYTES>());
#pragma unroll
        for (int b = 0; b < ROWS; b++) {
#pragma unroll
            for (int t = 0; t < COLUMNS; t++) {
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    dp[b][t][i] *= p[b][t][i];
                }
            }
        }
        cells.template after<ScoreTile::BYTES>().template store<T>(dp);
    }

    static __device__ __forceinline__ float exponential(float x) {
        float result;
        asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(x));
        return result;
    }

    // Probabilities are hidden, not scores: one that was never meant to be may have overflowed.
    __device__ __forceinline__ void hide(typename ScoreGrid::Sums& p, int firstQuery) const {
        const int distance = firstQuery + laneQuery() - range.firstKey - laneKey() + range.ahead();
        const unsigned span = range.span();
#pragma unroll
        for (int b = 0; b < ScoreGrid::ROW_BLOCKS; b++) {
#pragma unroll
            for (int t = 0; t < 2 * ScoreGrid::COLUMN_BLOCKS; t++) {
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    const int row = 16 * b * ScoreGrid::ROW_WARPS + i / 2 * 8;
                    const int column = t / 2 * 16 * ScoreGrid::COLUMN_WARPS + t % 2 * 8 + i % 2;
                    const bool seen = static_cast<unsigned>(distance + row - column) < span && (seenKeys >> (2 * t + i % 2) & 1) != 0;
                    p[b][t][i] = seen ? p[b][t][i] : 0.0f;
                }
            }
        }
    }

    // dQ += dS · K. The product is done before the turn comes.
    __device__ __forceinline__ void addQueries(float* tileSums, const int* turn, int before) const {
        typename QueryGrid::Sums dQuery = {};
        multiply<T, KEYS / 16>(dQuery, scoreRows, keyDepth);
        if (turn != nullptr) {
            awaitTurn(turn, before);
        }
        float* const sums = tileSums + QuerySums<DIM>::ofWarp() + threadIdx.x % 32;
        unrolled<QueryGrid::ROW_BLOCKS>([&](auto b) {
            unrolled<2 * QueryGrid::COLUMN_BLOCKS>([&](auto t) {
                unrolled<4>([&](auto i) { addTo<QuerySums<DIM>::at(b, t, i)>(sums, dQuery[b][t][i]); });
            });
        });
    }

    // dK and dV, by way of where K and V lay, so that global memory is written in 16 bytes.
    __device__ __forceinline__ void finish(int keyValueHead) {
        const auto gradients = Cells<KeyTile, KeyGrid::ROW_WARPS, KeyGrid::COLUMN_WARPS>::in(address, KeyGrid::row(), KeyGrid::column());
        __syncthreads();
#pragma unroll
        for (int i = 0; i < KeyGrid::ROW_BLOCKS * 2 * KeyGrid::COLUMN_BLOCKS * 4; i++) {
            dKey[i / (8 * KeyGrid::COLUMN_BLOCKS)][i / 4 % (2 * KeyGrid::COLUMN_BLOCKS)][i % 4] *= a.scale;
        }
        gradients.template store<T>(dKey);
        gradients.template after<KeyTile::BYTES>().template store<T>(dValue);
        __syncthreads();
        const int column = threadIdx.x % KeyTile::PAGE_CHUNKS * KeyTile::CHUNK;
        const int rows = range.length - range.firstKey;
        for (int row = threadIdx.x / KeyTile::PAGE_CHUNKS; row < min(rows, KEYS); row += KeyCopy::PASS) {
            const size_t token = firstToken + range.firstKey + row;
            const size_t to = (token * a.keyValueHeads + keyValueHead) * a.columns + column;
#pragma unroll
            for (int page = 0; page < KeyTile::PAGES; page++) {
                if (page * KeyTile::PAGE + column < a.columns) {
                    const unsigned char* from = shared + KeyTile::offset(row, page * KeyTile::PAGE + column);
                    *reinterpret_cast<uint4*>(a.dKey + to + page * KeyTile::PAGE) = *reinterpret_cast<const uint4*>(from);
                    *reinterpret_cast<uint4*>(a.dValue + to + page * KeyTile::PAGE) = *reinterpret_cast<const uint4*>(from + KeyTile::BYTES);
                }
            }
        }
    }
};

template <typename T, int DIM>
__device__ __forceinline__ void attentionBackward(const BackwardArguments<T>& a) {
    extern __shared__ __align__(128) unsigned char shared[];
    const int item = takeItem(a.ticket);
    const int keyValueHead = item % a.keyValueHeads;
    AttentionBackward<T, DIM> backward(a, shared, item / a.keyValueHeads, keyValueHead);
    backward.run();
    backward.finish(keyValueHead);
}

#define ATTENTION_BACKWARD(ending, type, dim)                                                                                                \
    ATTENTION_BACKWARD_QUERY(ending, type, dim)                                                                                              \
    extern "C" __global__ void __launch_bounds__(BackwardShape<dim>::THREADS, 1)                                                             \
    attention_backward_##ending(const type* query, const type* key, const type* value, const type* dOutput, const uint8_t* keyMask,          \
                                const int* tiles, const float* statistics, float* querySums, int* turns, int* ticket, type* dKey,            \
                                type* dValue, int queryHeads, int keyValueHeads, int columns, int window, int causal, float scale) {         \
        attentionBackward<type, dim>({query, key, value, dOutput, keyMask, tiles, statistics, querySums, turns, ticket, dKey, dValue,        \
                                      queryHeads, keyValueHeads, columns, window, causal, scale});                                           \
    }                                                                                                                                        \
    extern "C" __constant__ const int attention_backward_##ending##_dynamic_shared = AttentionBackward<type, dim>::SHARED_BYTES;
