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

    const VisibleRange range;
    const int firstQuery;
    const uint8_t* const keyMask;
    const float factor;
    const int keyStride;
    const KeyCopy keyCopy;
    const BlockAddresses<QueryTile> queryBlocks;
    const BlockAddresses<KeyTile> keyBlocks;
    const char* key;
    const char* value;
    OnlineSoftmax<BLOCKS> softmax;
    float outputs[BLOCKS][COLUMN_TILES][4] = {};

    static __device__ __forceinline__ int warpRow() {
        return threadIdx.x / 32 * WARP_ROWS;
    }

    __device__ __forceinline__ AttentionForward(const ForwardArguments<T>& a, unsigned shared, const int* tile, int head)
        : range{tile[1], a.window, a.causal != 0},
          firstQuery(tile[2]),
          keyMask(KEY_MASK ? a.keyMask + tile[0] : nullptr),
          factor(a.scale * 1.44269504f),
          keyStride(a.keyValueHeads * a.columns * 2),
          keyCopy(shared + QueryTile::BYTES, a.columns),
          queryBlocks(shared, warpRow()),
          keyBlocks(shared + QueryTile::BYTES, 0) {
        const size_t first = static_cast<size_t>(tile[0]) * keyStride + head / (a.queryHeads / a.keyValueHeads) * a.columns * 2;
        key = keyCopy.source(reinterpret_cast<const char*>(a.key) + first, keyStride);
        value = keyCopy.source(reinterpret_cast<const char*>(a.value) + first, keyStride);
    }

    // Tiles of keys from last to first, so that the ragged end and the diagonal come first: those that a mask cuts, whole ones, and at the
    // far end of a window again those that it cuts.
    __device__ __forceinline__ void run() {
        const int lastQuery = min(firstQuery + ROWS, range.length) - 1;
        const int firstTile = range.first(firstQuery) / KEYS;
        const int wholeEnd = (range.last(firstQuery) + 1) / KEYS;
        const int wholeBegin = (range.first(lastQuery) + KEYS - 1) / KEYS;
        int tile = range.last(lastQuery) / KEYS;
        key += static_cast<size_t>(tile) * KEYS * keyStride;
        value += static_cast<size_t>(tile) * KEYS * keyStride;
        keyCopy.start(key, keyStride, range.length - tile * KEYS);
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
        KeyBits<KEYS> bits;
        if constexpr (KEY_MASK) {
            bits.load(keyMask, tile * KEYS, range.length);
        }
        waitForCopies<0>();
        __syncthreads();
        if constexpr (MASKED) {
            keyCopy.template start<KeyTile::BYTES>(value, keyStride, range.length - tile * KEYS);
        } else {
            keyCopy.template start<KeyTile::BYTES>(value, keyStride);
        }
        commitCopies();
        float scores[BLOCKS][KEY_TILES][4] = {};
        multiplyKeys(scores);
        if constexpr (MASKED) {
            hide(scores, tile * KEYS, bits);
        }
        waitForCopies<0>();
        __syncthreads();
        if (more) {
            key -= static_cast<size_t>(KEYS) * keyStride;
            value -= static_cast<size_t>(KEYS) * keyStride;
            keyCopy.start(key, keyStride);
        }
        commitCopies();
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
                    TensorCore<T>::multiply(scores[b][2 * block], q[b], k[0], k[2]);
                    TensorCore<T>::multiply(scores[b][2 * block + 1], q[b], k[1], k[3]);
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
                keyBlocks.template loadTransposed<block, step, KeyTile::BYTES>(v);
#pragma unroll
                for (int b = 0; b < BLOCKS; b++) {
                    TensorCore<T>::multiply(outputs[b][2 * step], a[b], v[0], v[1]);
                    TensorCore<T>::multiply(outputs[b][2 * step + 1], a[b], v[2], v[3]);
                }
            });
        });
    }

    // Position of the query that is row group + 8·half of block b.
    __device__ __forceinline__ int position(int b, int half) const {
        return firstQuery + warpRow() + 16 * b + 8 * half + threadIdx.x % 32 / 4;
    }

    __device__ __forceinline__ void hide(float (&scores)[BLOCKS][KEY_TILES][4], int firstKey, const KeyBits<KEYS>& bits) const {
        const int column = threadIdx.x % 4 * 2;
        unsigned words[KeyBits<KEYS>::WORDS];
        if constexpr (KEY_MASK) {
            bits.words(words, column);
        }
#pragma unroll
        for (int b = 0; b < BLOCKS; b++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int first = range.first(position(b, half)) - firstKey - column;
                const int last = range.last(position(b, half)) - firstKey - column;
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
__device__ __forceinline__ void storeOutputs(Forward& forward, const ForwardArguments<T>& a, unsigned char* shared, int firstToken, int head) {
    using Tile = typename Forward::QueryTile;
    const int lane = threadIdx.x % 32;
    const int row = Forward::warpRow() + lane / 4;
    __syncwarp();
#pragma unroll
    for (int b = 0; b < Forward::BLOCKS; b++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            const float logSumExp = forward.softmax.finish(forward.outputs, b, half, a.scale);
            const int position = forward.position(b, half);
            if (position < forward.range.length && lane % 4 == 0) {
                a.logSumExp[static_cast<size_t>(firstToken + position) * a.queryHeads + head] = logSumExp;
            }
#pragma unroll
            for (int t = 0; t < Forward::COLUMN_TILES; t++) {
                const float(&pair)[4] = forward.outputs[b][t];
                *reinterpret_cast<unsigned*>(shared + Tile::offset(row + 16 * b + 8 * half, 8 * t) + lane % 4 * 4) =
                    TensorCore<T>::narrow(pair[2 * half], pair[2 * half + 1]);
            }
        }
    }
    __syncwarp();
    const int column = lane % Tile::PAGE_CHUNKS * Tile::CHUNK;
    for (int r = lane / Tile::PAGE_CHUNKS; r < Forward::WARP_ROWS; r += 32 / Tile::PAGE_CHUNKS) {
        const int position = forward.firstQuery + Forward::warpRow() + r;
        T* to = a.output + (static_cast<size_t>(firstToken + position) * a.queryHeads + head) * a.columns + column;
#pragma unroll
        for (int page = 0; page < Tile::PAGES; page++) {
            if (position < forward.range.length && page * Tile::PAGE + column < a.columns) {
                *reinterpret_cast<uint4*>(to + page * Tile::PAGE) =
                    *reinterpret_cast<const uint4*>(shared + Tile::offset(Forward::warpRow() + r, page * Tile::PAGE + column));
            }
        }
    }
}

// Block i computes query tile i / queryHeads of head i % queryHeads: the heads of a group read the same keys at the same time.
template <typename T, int DIM, bool KEY_MASK>
__device__ __forceinline__ void attentionForward(const ForwardArguments<T>& a) {
    using Forward = AttentionForward<T, DIM, KEY_MASK>;
    using QueryTile = typename Forward::QueryTile;
    extern __shared__ __align__(128) unsigned char shared[];
    const unsigned address = sharedAddress(shared);
    const int* tile = a.tiles + 3 * (blockIdx.x / a.queryHeads);
    const int head = blockIdx.x % a.queryHeads;
    Forward forward(a, address, tile, head);
    const TileCopy<QueryTile, Forward::ROWS, Forward::THREADS> queries(address, a.columns);
    const int stride = a.queryHeads * a.columns * 2;
    const size_t first = static_cast<size_t>(tile[0] + forward.firstQuery) * stride + head * a.columns * 2;
    queries.start(queries.source(reinterpret_cast<const char*>(a.query) + first, stride), stride, forward.range.length - forward.firstQuery);
    forward.run();
    storeOutputs(forward, a, shared, tile[0], head);
}

#define ATTENTION_FORWARD(name, type, dim, keyMasked)                                                                                        \
    extern "C" __global__ void __launch_bounds__((AttentionForward<type, dim, keyMasked>::THREADS), ((dim) <= 128 ? 2 : 1))                  \
    name(const type* query, const type* key, const type* value, const uint8_t* keyMask, const int* tiles, type* output, float* logSumExp,    \
         int queryHeads, int keyValueHeads, int columns, int window, int causal, float scale) {                                              \
        attentionForward<type, dim, keyMasked>(                                                                                              \
            {query, key, value, keyMask, tiles, output, logSumExp, queryHeads, keyValueHeads, columns, window, causal, scale});              \
    }                                                                                                                                        \
    extern "C" __constant__ const int name##_dynamic_shared = AttentionForward<type, dim, keyMasked>::SHARED_BYTES;

#define ATTENTION_FORWARDS(dim)                                                          \
    ATTENTION_FORWARD(attention_forward_bf16_##dim, __nv_bfloat16, dim, false)           \
    ATTENTION_FORWARD(attention_forward_bf16_##dim##_masked, __nv_bfloat16, dim, true)   \
    ATTENTION_FORWARD(attention_forward_f16_##dim, __half, dim, false)                   \
    ATTENTION_FORWARD(attention_forward_f16_##dim##_masked, __half, dim, true)
