// The main kernel of attention's backward. With the forward's log-sum-exp and D, the sum of dO ∘ O by rows, each pair of tiles takes
// five products:
//
//     P = exp(scale · Q·Kᵀ - LSE)     dV += Pᵀ·dO     dS = P ∘ (dO·Vᵀ - D)     dK += dSᵀ·Q     dQ += dS·K
//
// Tile: a block has 128 keys of one key/value head (64 in 256 dimensions), keeps K and V in shared memory and the sums of dK and dV in
// registers, and walks over the query heads of the group and, from last to first, over the query tiles that see its keys: dK and dV of a
// group are never expanded. Q and dO come one step ahead, in two stages. P and dS go through shared memory, since the products after them
// want them transposed and by all warps; two barriers a step. dQ belongs to all key tiles, so it is summed in global memory, in float32.
//
//     dimension   queries   warps down S, dK, dQ   registers   shared memory   read as fragments in a step   FLOPs of a step
//            64       128           4, 4, 4              255        165888             589824 bytes               10.5 M
//           128        64           2, 4, 2              255        164864             589824 bytes               10.5 M
//
// One block of 8 warps a multiprocessor, no spills. Floor: 10·S²·D FLOPs a head, half of them when causal, over the card's rate; for
// 4096 tokens and 32 heads of 128, causal, 344 GFLOP: 1.1 ms on an A800, 0.35 ms on an H200. On a multiprocessor of the A800 a step is 5120
// cycles of tensor cores and, at 128 bytes a cycle, 5120 to 5376 of shared memory, the simulator having no bank conflict in it: that binds.
// Of about 950 instructions of a warp in a step (PTX, nothing masked) 320 are mma and 144 ldmatrix; a scheduler has room for 2560.
#pragma once

#include <cstdint>

#include "backward_item.cuh"
#include "backward_query.cuh"
#include "backward_shape.cuh"
#include "tile_product.cuh"
#include "tile_rows.cuh"

template <typename T, int DIM>
struct AttentionBackward {
    using Shape = BackwardShape<DIM>;
    static constexpr int QUERIES = Shape::QUERIES;
    static constexpr int KEYS = Shape::KEYS;

    using Item = BackwardItem<QUERIES, KEYS>;
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
    const Item& item;
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

    __device__ __forceinline__ AttentionBackward(const BackwardArguments<T>& a, const Item& item, unsigned char* shared)
        : a(a),
          shared(shared),
          address(sharedAddress(shared)),
          item(item),
          copy(address + STAGES, a.columns),
          queryRows(kept(queryRows.in(address + STAGES, ScoreGrid::row(), 0))),
          keyColumns(kept(keyColumns.in(address, ScoreGrid::column(), 0))),
          cells(kept(cells.in(address + SCORES, ScoreGrid::row(), ScoreGrid::column()))),
          scoreColumns(kept(scoreColumns.in(address + SCORES, 0, KeyGrid::row()))),
          queryDepth(kept(queryDepth.in(address + STAGES, 0, KeyGrid::column()))),
          scoreRows(kept(scoreRows.in(address + SCORES + ScoreTile::BYTES, QueryGrid::row(), 0))),
          keyDepth(keyDepth.in(address, 0, QueryGrid::column())) {
        loadKeys();
        seenKeys = 0;
        unrolled<ScoreGrid::COLUMN_BLOCKS>([&](auto block) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                const int key = item.range.firstKey + laneKey() + 16 * block * ScoreGrid::COLUMN_WARPS + i / 2 * 8 + i % 2;
                const bool seen = key < item.range.length && (a.keyMask == nullptr || a.keyMask[item.firstToken + key] != 0);
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

    __device__ __forceinline__ void loadKeys() {
        const KeyCopy keys(address, a.columns);
        const int stride = a.keyValueHeads * a.columns * 2;
        const size_t first = static_cast<size_t>(item.firstToken + item.range.firstKey) * stride + item.keyValueHead * a.columns * 2;
        const int rows = item.range.length - item.range.firstKey;
        keys.start(keys.source(reinterpret_cast<const char*>(a.key) + first, stride), stride, rows);
        keys.template start<KeyTile::BYTES>(keys.source(reinterpret_cast<const char*>(a.value) + first, stride), stride, rows);
    }

    __device__ __forceinline__ size_t scratch(BackwardStep at) const {
        return static_cast<size_t>(item.firstScratch + at.tile) * a.queryHeads + item.firstHead + at.head;
    }

    // Begins the copies of Q, dO and the statistics of a query tile.
    __device__ __forceinline__ void loadQueries(unsigned stage, BackwardStep at) const {
        const int stride = a.queryHeads * a.columns * 2;
        const size_t first = static_cast<size_t>(item.firstToken + at.tile * QUERIES) * stride + (item.firstHead + at.head) * a.columns * 2;
        QueryCopy to = copy;
        to.to += stage;
        const int rows = item.range.length - at.tile * QUERIES;
        to.start(copy.source(reinterpret_cast<const char*>(a.query) + first, stride), stride, rows);
        to.template start<QueryTile::BYTES>(copy.source(reinterpret_cast<const char*>(a.dOutput) + first, stride), stride, rows);
        if (threadIdx.x < STATISTICS_BYTES / 16) {
            copyAsync(address + STAGES + stage + 2 * QueryTile::BYTES + threadIdx.x * 16,
                      a.statistics + scratch(at) * (2 * QUERIES) + threadIdx.x * 4);
        }
    }

    // All query heads of the group, one after another, so that dK and dV are summed here; of each the query tiles from last to first.
    __device__ __forceinline__ void run() {
        BackwardStep at{0, item.lastTile};
        unsigned stage = 0;
        loadQueries(stage, at);
        commitCopies();
        while (at.head < a.queryHeads / a.keyValueHeads) {
            waitForCopies<0>();
            __syncthreads();
            const BackwardStep next = at.next(item);
            if (next.head < a.queryHeads / a.keyValueHeads) {
                loadQueries(STAGE_BYTES - stage, next);
            }
            commitCopies();
            step(stage, at);
            at = at.next(item);
            stage = STAGE_BYTES - stage;
        }
    }

    __device__ __forceinline__ void step(unsigned stage, BackwardStep at) {
        scores(stage, at.tile);
        __syncthreads();
        const auto queries = queryDepth.from(stage);
        multiply<T, QUERIES / 16>(dValue, scoreColumns, queries.template after<QueryTile::BYTES>());
        const size_t number = scratch(at);
        int* const turn = a.turns == nullptr ? nullptr : a.turns + number * Shape::WARPS + threadIdx.x / 32;
        addQueries(a.querySums + number * QuerySums<DIM>::COUNT, turn, item.range.tilesBefore(at.tile * QUERIES));
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
        if (seenKeys != (1u << 4 * ScoreGrid::COLUMN_BLOCKS) - 1 || item.range.cuts(tile * QUERIES)) {
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
        const int distance = firstQuery + laneQuery() - item.range.firstKey - laneKey() + item.range.ahead();
        const unsigned span = item.range.span();
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
    __device__ __forceinline__ void finish() {
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
        const int rows = item.range.length - item.range.firstKey;
        for (int row = threadIdx.x / KeyTile::PAGE_CHUNKS; row < min(rows, KEYS); row += KeyCopy::PASS) {
            const size_t token = item.firstToken + item.range.firstKey + row;
            const size_t to = (token * a.keyValueHeads + item.keyValueHead) * a.columns + column;
#pragma unroll
            for (int page = 0; page < KeyTile::PAGES; page++) {
                if (page * KeyTile::PAGE + column < a.columns) {
                    const uint4* from = reinterpret_cast<const uint4*>(shared + KeyTile::offset(row, page * KeyTile::PAGE + column));
                    *reinterpret_cast<uint4*>(a.dKey + to + page * KeyTile::PAGE) = from[0];
                    *reinterpret_cast<uint4*>(a.dValue + to + page * KeyTile::PAGE) = from[KeyTile::BYTES / sizeof(uint4)];
                }
            }
        }
    }
};

template <typename T, int DIM>
__device__ __forceinline__ void attentionBackward(const BackwardArguments<T>& a) {
    extern __shared__ __align__(128) unsigned char shared[];
    __shared__ typename AttentionBackward<T, DIM>::Item item;
    if (threadIdx.x == 0) {
        item.fill(a);
    }
    __syncthreads();
    AttentionBackward<T, DIM> backward(a, item, shared);
    backward.run();
    backward.finish();
}

#define ATTENTION_BACKWARD(ending, type, dim)                                                                                             \
    ATTENTION_BACKWARD_QUERY(ending, type, dim)                                                                                           \
    extern "C" __global__ void __launch_bounds__(BackwardShape<dim>::THREADS, 1)                                                          \
    attention_backward_##ending(const type* query, const type* key, const type* value, const type* dOutput, const uint8_t* keyMask,       \
                                const int* tiles, const float* statistics, float* querySums, int* turns, int* ticket, type* dKey,         \
                                type* dValue, int queryHeads, int keyValueHeads, int columns, int window, int causal, float scale) {      \
        attentionBackward<type, dim>({query, key, value, dOutput, keyMask, tiles, statistics, querySums, turns, ticket, dKey, dValue,     \
                                      queryHeads, keyValueHeads, columns, window, causal, scale});                                        \
    }                                                                                                                                     \
    extern "C" __constant__ const int attention_backward_##ending##_dynamic_shared = AttentionBackward<type, dim>::SHARED_BYTES;
