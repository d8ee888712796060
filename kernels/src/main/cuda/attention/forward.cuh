// Softmax attention over packed sequences, forward, fused (Dao, FlashAttention-2, 2023): O = softmax(scale · Q Kᵀ) V without a matrix of
// length x length anywhere. docs/attention.md explains it with a drawing.
//
// Tile: 128 queries of one head in a block; keys go by in tiles of 128 up to a head dimension of 64, of 64 above it. A warp owns 32 rows
// (16 with a head dimension of 256) of scores and outputs and shares them with nobody.
//
//   head dimension   threads   shared KB   blocks an SM   registers
//   32                   128          24              2         243    the second block is the registers' limit
//   64                   128          48              2         255
//   96                   128          48              2         250
//   128                  128          64              2         255
//   256                  256         128              1         242
//
// Spills: at 255 registers ptxas loads fragments ahead and keeps a few slow-changing values in local memory instead: 6 words for 64 and 12
// for 128, which the mask-free loop touches 2 and 8 times; with a key mask up to 25 words.
// Floor: 4 · length² · head dimension · heads FLOPs (half when causal) over 312 TFLOP/s. In the mask-free loop ptxas' code for sm_80 has
// 3.4 instructions an mma for a head dimension of 128 and 4.4 for 64, of which 0.17 and 0.32 are integer arithmetic and moves, where an
// A100 has 8 issue slots an mma. The simulated GPU counts no bank conflict, 4.0 and 5.2 PTX instructions an mma over a whole launch of 512
// tokens, and no byte read twice by a block.
#pragma once

#include <cstdint>

#include "online_softmax.cuh"
#include "tile_rows.cuh"
#include "visible_keys.cuh"

// The arguments of the kernels. Arrays are (T, heads, columns); window 0 is none.
template <typename T>
struct ForwardArguments {
    const T* query;
    const T* key;
    const T* value;
    const uint8_t* keyMask;
    const int* tiles;  // of each query tile the sequence's first token, its length, and the position of the tile's first query
    T* output;
    float* logSumExp;
    int queryHeads;
    int keyValueHeads;
    int columns;
    int window;
    int causal;
    float scale;
};

// DIM is the head dimension padded to a size that there is code for.
template <typename T, int DIM, bool KEY_MASK>
struct AttentionForward {
    static constexpr int ROWS = 128;
    static constexpr int KEYS = DIM <= 64 ? 128 : 64;
    static constexpr int WARPS = DIM <= 128 ? 4 : 8;
    static constexpr int THREADS = 32 * WARPS;
    static constexpr int WARP_ROWS = ROWS / WARPS;
    static constexpr int BLOCKS = WARP_ROWS / 16;
    static constexpr int KEY_TILES = KEYS / 8;
    static constexpr int COLUMN_TILES = DIM / 8;

    using QueryTile = SwizzledTile<ROWS, DIM>;
    using KeyTile = SwizzledTile<KEYS, DIM>;
    using KeyCopy = TileCopy<KeyTile, KEYS, THREADS>;
    static constexpr int SHARED_BYTES = QueryTile::BYTES + 2 * KeyTile::BYTES;

    const ForwardArguments<T>& a;
    const float factor;
    const int keyStride;
    const KeyCopy keyCopy;
    BlockAddresses<QueryTile, Quarters::DOWN> queryBlocks;
    BlockAddresses<KeyTile, Quarters::ALONG> keyBlocks;
    BlockAddresses<KeyTile, Quarters::DOWN> valueBlocks;
    const ptrdiff_t fromKeyToValue;
    const char* key;
    OnlineSoftmax<BLOCKS> softmax;
    float outputs[BLOCKS][COLUMN_TILES][4] = {};

    static __device__ __forceinline__ int warpRow() {
        return threadIdx.x / 32 * WARP_ROWS;
    }

    // This block's entry in the table: its sequence's first token and length, and the position of its first query. Read again wherever it
    // is needed, since over the loop it would take registers.
    struct Queries {
        int start;
        int length;
        int first;
    };

    __device__ __forceinline__ Queries queries() const {
        const volatile int* entry = a.tiles + 3 * static_cast<size_t>(blockIdx.y);
        return {entry[0], entry[1], entry[2]};
    }

    __device__ __forceinline__ VisibleRange visible(const Queries& queries) const {
        return {queries.length, a.window, a.causal != 0};
    }

    __device__ __forceinline__ AttentionForward(const ForwardArguments<T>& a, unsigned shared)
        : a(a),
          factor(a.scale * 1.44269504f),
          keyStride(a.keyValueHeads * a.columns * 2),
          keyCopy(shared + QueryTile::BYTES, a.columns),
          queryBlocks(shared, warpRow()),
          keyBlocks(shared + QueryTile::BYTES, 0),
          valueBlocks(shared + QueryTile::BYTES + KeyTile::BYTES, 0),
          fromKeyToValue(reinterpret_cast<const char*>(a.value) - reinterpret_cast<const char*>(a.key)) {
        const int head = blockIdx.x / (a.queryHeads / a.keyValueHeads);
        const size_t first = static_cast<size_t>(queries().start) * keyStride + head * a.columns * 2;
        key = keyCopy.source(reinterpret_cast<const char*>(a.key) + first, keyStride);
    }

    // Tiles of keys from last to first, so that the ragged end and the diagonal come first: those that a mask cuts, whole ones, and at the
    // far end of a window again those that it cuts.
    __device__ __forceinline__ void run() {
        const Queries queries = this->queries();
        const VisibleRange range = visible(queries);
        const int last = min(queries.first + ROWS, queries.length) - 1;
        const int firstTile = range.first(queries.first) / KEYS;
        const int wholeEnd = (range.last(queries.first) + 1) / KEYS;
        const int wholeBegin = (range.first(last) + KEYS - 1) / KEYS;
        int tile = range.last(last) / KEYS;
        key += static_cast<size_t>(tile) * KEYS * keyStride;
        keyCopy.start(key, keyStride, queries.length - tile * KEYS);
        commitCopies();
        for (int stop = max(wholeEnd, firstTile);; stop = firstTile) {
            for (; tile >= stop; tile--) {
                step<true>(tile, tile > firstTile);
            }
            if constexpr (!KEY_MASK) {
                for (; tile >= wholeBegin; tile--) {
                    step<false>(tile, tile > firstTile);
                }
            }
            if (tile < firstTile) {
                break;
            }
        }
    }

    // K and V have one buffer each. V arrives while scores are computed, the K of the next tile while probabilities and outputs are.
    template <bool MASKED>
    __device__ __forceinline__ void step(int tile, bool more) {
        Queries queries;
        KeyBits<KEYS> bits;
        if constexpr (MASKED) {
            queries = this->queries();
        }
        if constexpr (KEY_MASK) {
            bits.load(a.keyMask + queries.start, tile * KEYS, queries.length);
        }
        waitForCopies<0>();
        __syncthreads();
        if constexpr (MASKED) {
            keyCopy.template start<KeyTile::BYTES>(key + fromKeyToValue, keyStride, queries.length - tile * KEYS);
        } else {
            keyCopy.template start<KeyTile::BYTES>(key + fromKeyToValue, keyStride);
        }
        commitCopies();
        float scores[BLOCKS][KEY_TILES][4];
        multiplyKeys(scores);
        if constexpr (MASKED) {
            hide(scores, queries, tile * KEYS, bits);
        }
        waitForCopies<0>();
        __syncthreads();
        key -= static_cast<size_t>(KEYS) * keyStride;
        if (more) {
            keyCopy.start(key, keyStride);
            commitCopies();
        }
        softmax.template step<MASKED>(scores, outputs, factor);
        multiplyValues(scores);
    }

    __device__ __forceinline__ void multiplyKeys(float (&scores)[BLOCKS][KEY_TILES][4]) const {
        unrolled<DIM / 16>([&](auto step) {
            unsigned q[BLOCKS][4];
            unrolled<BLOCKS>([&](auto b) { queryBlocks.template load<b, step>(q[b]); });
            unrolled<KEYS / 16>([&](auto block) {
                unsigned k[4];
                keyBlocks.template load<block, step>(k);
#pragma unroll
                for (int b = 0; b < BLOCKS; b++) {
                    if constexpr (step == 0) {
                        TensorCore<T>::begin(scores[b][2 * block], q[b], k[0], k[1]);
                        TensorCore<T>::begin(scores[b][2 * block + 1], q[b], k[2], k[3]);
                    } else {
                        TensorCore<T>::multiply(scores[b][2 * block], q[b], k[0], k[1]);
                        TensorCore<T>::multiply(scores[b][2 * block + 1], q[b], k[2], k[3]);
                    }
                }
            });
        });
    }

    // Exponentials go from the place of sums to that of factors without leaving their registers.
    __device__ __forceinline__ void multiplyValues(const float (&p)[BLOCKS][KEY_TILES][4]) {
        unrolled<KEYS / 16>([&](auto block) {
            unsigned a[BLOCKS][4];
#pragma unroll
            for (int b = 0; b < BLOCKS; b++) {
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    const float(&pair)[4] = p[b][2 * block + i / 2];
                    a[b][i] = TensorCore<T>::narrow(pair[i % 2 * 2], pair[i % 2 * 2 + 1]);
                }
            }
            unrolled<DIM / 16>([&](auto step) {
                unsigned v[4];
                valueBlocks.template loadTransposed<block, step>(v);
#pragma unroll
                for (int b = 0; b < BLOCKS; b++) {
                    TensorCore<T>::multiply(outputs[b][2 * step], a[b], v[0], v[1]);
                    TensorCore<T>::multiply(outputs[b][2 * step + 1], a[b], v[2], v[3]);
                }
            });
        });
    }

    // The row of the tile that is row group + 8·half of block b.
    static __device__ __forceinline__ int row(int b, int half) {
        return warpRow() + 16 * b + 8 * half + threadIdx.x % 32 / 4;
    }

    __device__ __forceinline__ void hide(float (&scores)[BLOCKS][KEY_TILES][4], const Queries& queries, int firstKey,
                                         const KeyBits<KEYS>& bits) const {
        const int column = threadIdx.x % 4 * 2;
        const VisibleRange range = visible(queries);
        unsigned words[KeyBits<KEYS>::WORDS];
        if constexpr (KEY_MASK) {
            bits.words(words, column);
        }
#pragma unroll
        for (int b = 0; b < BLOCKS; b++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int first = range.first(queries.first + row(b, half)) - firstKey - column;
                const int last = range.last(queries.first + row(b, half)) - firstKey - column;
#pragma unroll
                for (int i = 0; i < 2 * KEY_TILES; i++) {
                    const int key = 8 * (i / 2) + i % 2;
                    const bool masked = KEY_MASK && (words[key / 32] >> key % 32 & 1) == 0;
                    if (key < first || key > last || masked) {
                        scores[b][i / 2][2 * half + i % 2] = -INFINITY;
                    }
                }
            }
        }
    }
};

// Rows of a warp's outputs, by way of its own rows of the query tile, which nobody else reads: so global memory is written in 16 bytes.
template <typename Forward, typename T>
__device__ __forceinline__ void storeOutputs(Forward& forward, const ForwardArguments<T>& a, unsigned char* shared) {
    using Tile = typename Forward::QueryTile;
    const auto queries = forward.queries();
    const int rows = queries.length - queries.first;
    const size_t firstRow = static_cast<size_t>(queries.start + queries.first) * a.queryHeads + blockIdx.x;
    const int lane = threadIdx.x % 32;
    __syncwarp();
#pragma unroll
    for (int b = 0; b < Forward::BLOCKS; b++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            const int row = Forward::row(b, half);
            const float logSumExp = forward.softmax.finish(forward.outputs, b, half, a.scale);
            if (row < rows && lane % 4 == 0) {
                a.logSumExp[firstRow + static_cast<size_t>(row) * a.queryHeads] = logSumExp;
            }
#pragma unroll
            for (int t = 0; t < Forward::COLUMN_TILES; t++) {
                const float(&sums)[4] = forward.outputs[b][t];
                *reinterpret_cast<unsigned*>(shared + Tile::offset(row, 8 * t) + lane % 4 * 4) =
                    TensorCore<T>::narrow(sums[2 * half], sums[2 * half + 1]);
            }
        }
    }
    __syncwarp();
    const int column = lane % Tile::PAGE_CHUNKS * Tile::CHUNK;
    const int first = Forward::warpRow() + lane / Tile::PAGE_CHUNKS;
    for (int row = first; row < min(rows, Forward::warpRow() + Forward::WARP_ROWS); row += 32 / Tile::PAGE_CHUNKS) {
        T* to = a.output + (firstRow + static_cast<size_t>(row) * a.queryHeads) * a.columns + column;
#pragma unroll
        for (int page = 0; page < Tile::PAGES; page++) {
            if (page * Tile::PAGE + column < a.columns) {
                *reinterpret_cast<uint4*>(to + page * Tile::PAGE) =
                    *reinterpret_cast<const uint4*>(shared + Tile::offset(row, page * Tile::PAGE + column));
            }
        }
    }
}

// Block (h, i) computes query tile i of head h: the heads of a group read the same keys at about the same time, and find them in L2.
template <typename T, int DIM, bool KEY_MASK>
__device__ __forceinline__ void attentionForward(const ForwardArguments<T>& a) {
    using Forward = AttentionForward<T, DIM, KEY_MASK>;
    extern __shared__ __align__(128) unsigned char shared[];
    Forward forward(a, sharedAddress(shared));
    const auto queries = forward.queries();
    const TileCopy<typename Forward::QueryTile, Forward::ROWS, Forward::THREADS> copy(sharedAddress(shared), a.columns);
    const int stride = a.queryHeads * a.columns * 2;
    const size_t first = static_cast<size_t>(queries.start + queries.first) * stride + blockIdx.x * a.columns * 2;
    copy.start(copy.source(reinterpret_cast<const char*>(a.query) + first, stride), stride, queries.length - queries.first);
    forward.run();
    storeOutputs(forward, a, shared);
}

#define ATTENTION_FORWARD(name, type, dim, keyMasked)                                                                                   \
    extern "C" __global__ void __launch_bounds__((AttentionForward<type, dim, keyMasked>::THREADS), ((dim) <= 128 ? 2 : 1))             \
    name(const type* query, const type* key, const type* value, const uint8_t* keyMask, const int* tiles, type* output,                 \
         float* logSumExp, int queryHeads, int keyValueHeads, int columns, int window, int causal, float scale) {                       \
        attentionForward<type, dim, keyMasked>({query, key, value, keyMask, tiles, output, logSumExp, queryHeads, keyValueHeads,        \
                                                columns, window, causal, scale});                                                       \
    }                                                                                                                                   \
    extern "C" __constant__ const int name##_dynamic_shared = AttentionForward<type, dim, keyMasked>::SHARED_BYTES;

#define ATTENTION_FORWARDS(dim)                                                          \
    ATTENTION_FORWARD(attention_forward_bf16_##dim, __nv_bfloat16, dim, false)           \
    ATTENTION_FORWARD(attention_forward_bf16_##dim##_masked, __nv_bfloat16, dim, true)   \
    ATTENTION_FORWARD(attention_forward_f16_##dim, __half, dim, false)                   \
    ATTENTION_FORWARD(attention_forward_f16_##dim##_masked, __half, dim, true)
