// Attention of one new token a sequence over cached keys and values, one split of the keys (see decode_splits.cuh); decode_combine.cu
// joins the splits.
//
// Tile: a block has the query heads of one key/value head, up to 16 as the rows of a matrix instruction, so that keys and values are read
// once for all of them (a larger group takes a block for every 16). Each of its four warps goes through tiles of its own, 8 KB of keys and
// 8 KB of values, 64, 32 or 16 keys as the head dimension is up to 64, 128 or 256; the warps meet only at the end, where their sums are
// joined in order. A warp needs no second buffer: the next keys are under way while the values are used, the next values while the keys
// are, and there are eight warps a multiprocessor (twelve on sm_90) to wait for each other.
//
// Shared memory: 64 KB, so 2 blocks a multiprocessor on an A800 and 3 on an H200. Floor: bytes of the keys and values seen over the rate at
// which the card reads; 8 heads of 128 and 4096 positions are 16.8 MB, predicted 8.4 µs of an A800 at 2 TB/s. The partial sums add 1/256
// of a key's bytes for each query head of the group, written and read. Rows of an instruction that no head fills are zeros. The simulator
// counts 16 sectors a request of keys and values, the least, no bank conflict, and, at 128, 1160 instructions of a warp for the 16 KB of a
// pair of tiles, a fifth of what an A800 can issue while it reads them.

#include "../common/async_copy.cuh"
#include "../common/swizzled_tile.cuh"
#include "../common/tensor_core.cuh"
#include "decode_splits.cuh"

namespace {

constexpr int ROWS = 16;
constexpr int WARP = 32;
constexpr int WARPS = 4;
constexpr int TILE_BYTES = 8192;
constexpr unsigned ALL_LANES = 0xffffffffu;

// Eight bytes to shared memory in one access, which the compiler would make two of.
__device__ __forceinline__ void storePair(unsigned to, float first, float second) {
    asm volatile("st.shared.v2.f32 [%0], {%1, %2};" ::"r"(to), "f"(first), "f"(second) : "memory");
}

// One key/value head of one sequence's cache.
template <typename T>
struct Cache {
    const T* keys;
    const T* values;
    // elements from one position to the next
    size_t stride;
    int headDimension;
};

// What the warps leave for each other: each its rows' statistics here, and its sums where its tiles were.
struct Joint {
    DecodeStatistics of[WARPS][ROWS];
};

template <typename T, int COLUMNS>
struct DecodeWarp {
    static constexpr int KEYS = TILE_BYTES / 2 / COLUMNS;
    using Tile = SwizzledTile<KEYS, COLUMNS>;
    static_assert(Tile::BYTES == TILE_BYTES && KEYS >= ROWS, "a tile of keys holds the queries, too");

    static constexpr int ROW_CHUNKS = COLUMNS / Tile::CHUNK;
    static constexpr int COPY_ROWS = WARP / ROW_CHUNKS;

    int lane;
    // shared memory of this warp
    unsigned keyTile;
    unsigned valueTile;

    unsigned query[COLUMNS / 16][4];
    float output[COLUMNS / 8][4];
    // of rows lane / 4 and lane / 4 + 8; sums over the keys that this lane has
    float largest[2];
    float sum[2];

    __device__ __forceinline__ DecodeWarp(int lane, unsigned shared) : lane(lane), keyTile(shared), valueTile(shared + TILE_BYTES) {
#pragma unroll
        for (int n = 0; n < COLUMNS / 8; n++) {
            output[n][0] = output[n][1] = output[n][2] = output[n][3] = 0.0f;
        }
        largest[0] = largest[1] = -INFINITY;
        sum[0] = sum[1] = 0.0f;
    }

    // Begins to copy count rows of headDimension elements; what a tile has beyond them becomes zero.
    __device__ __forceinline__ void copy(unsigned tile, int tileRows, const T* from, size_t stride, int count, int headDimension) const {
        const int column = lane % ROW_CHUNKS * Tile::CHUNK;
        const T* rowStart = from + (column < headDimension ? column : 0);
#pragma unroll
        for (int first = 0; first < tileRows; first += COPY_ROWS) {
            const int row = first + lane / ROW_CHUNKS;
            const bool valid = row < count && column < headDimension;
            copyAsync(tile + Tile::offset(row, column), rowStart + (valid ? row * stride : 0), valid);
        }
    }

    __device__ __forceinline__ void copyKeys(const Cache<T>& cache, int from, int end) const {
        if (from < end) {
            copy(keyTile, KEYS, cache.keys + from * cache.stride, cache.stride, end - from, cache.headDimension);
        }
        commitCopies();
    }

    __device__ __forceinline__ void copyValues(const Cache<T>& cache, int from, int end) const {
        if (from < end) {
            copy(valueTile, KEYS, cache.values + from * cache.stride, cache.stride, end - from, cache.headDimension);
        }
        commitCopies();
    }

    // Before the first values come, their tile holds the queries.
    __device__ __forceinline__ void takeQueries() {
#pragma unroll
        for (int k = 0; k < COLUMNS / 16; k++) {
            loadMatrices(query[k], valueTile + Tile::offset(lane % 16, k * 16 + lane / 16 * 8));
        }
    }

    // q·k as powers of 2; keys from count on are not seen.
    __device__ __forceinline__ void score(float (&scores)[KEYS / 8][4], int count, float scale) const {
#pragma unroll
        for (int n = 0; n < KEYS / 8; n++) {
            scores[n][0] = scores[n][1] = scores[n][2] = scores[n][3] = 0.0f;
        }
#pragma unroll
        for (int k = 0; k < COLUMNS / 16; k++) {
#pragma unroll
            for (int n = 0; n < KEYS / 16; n++) {
                unsigned key[4];
                loadMatrices(key, keyTile + Tile::offset(n * 16 + lane / 16 * 8 + lane % 8, k * 16 + lane / 8 % 2 * 8));
                TensorCore<T>::multiply(scores[2 * n], query[k], key[0], key[1]);
                TensorCore<T>::multiply(scores[2 * n + 1], query[k], key[2], key[3]);
            }
        }
#pragma unroll
        for (int n = 0; n < KEYS / 8; n++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                const int key = n * 8 + lane % 4 * 2 + i % 2;
                scores[n][i] = key < count ? scores[n][i] * scale : -INFINITY;
            }
        }
    }

    // Turns scores into weights relative to the largest so far, and what was summed before likewise.
    __device__ __forceinline__ void weigh(float (&scores)[KEYS / 8][4]) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float most = largest[half];
#pragma unroll
            for (int n = 0; n < KEYS / 8; n++) {
                most = fmaxf(most, fmaxf(scores[n][2 * half], scores[n][2 * half + 1]));
            }
            most = fmaxf(most, __shfl_xor_sync(ALL_LANES, most, 1));
            most = fmaxf(most, __shfl_xor_sync(ALL_LANES, most, 2));
            const float kept = exp2f(largest[half] - most);
            largest[half] = most;
            sum[half] *= kept;
#pragma unroll
            for (int n = 0; n < KEYS / 8; n++) {
                scores[n][2 * half] = exp2f(scores[n][2 * half] - most);
                scores[n][2 * half + 1] = exp2f(scores[n][2 * half + 1] - most);
                sum[half] += scores[n][2 * half] + scores[n][2 * half + 1];
            }
#pragma unroll
            for (int n = 0; n < COLUMNS / 8; n++) {
                output[n][2 * half] *= kept;
                output[n][2 * half + 1] *= kept;
            }
        }
    }

    __device__ __forceinline__ void addValues(const float (&weights)[KEYS / 8][4]) {
#pragma unroll
        for (int k = 0; k < KEYS / 16; k++) {
            const unsigned weight[4] = {TensorCore<T>::narrow(weights[2 * k][0], weights[2 * k][1]),
                                        TensorCore<T>::narrow(weights[2 * k][2], weights[2 * k][3]),
                                        TensorCore<T>::narrow(weights[2 * k + 1][0], weights[2 * k + 1][1]),
                                        TensorCore<T>::narrow(weights[2 * k + 1][2], weights[2 * k + 1][3])};
#pragma unroll
            for (int n = 0; n < COLUMNS / 16; n++) {
                unsigned value[4];
                loadMatricesTransposed(value, valueTile + Tile::offset(k * 16 + lane % 16, n * 16 + lane / 16 * 8));
                TensorCore<T>::multiply(output[2 * n], weight, value[0], value[1]);
                TensorCore<T>::multiply(output[2 * n + 1], weight, value[2], value[3]);
            }
        }
    }

    // Columns of a row of sums in shared memory, four apart in every fourth row, so that the rows of a fragment meet no bank twice.
    static __device__ __forceinline__ int place(int row, int column) {
        return row * COLUMNS + (column ^ (row & 3) << 3);
    }

    // Leaves sums and statistics; no lane may still read the tiles.
    __device__ __forceinline__ void leave(float* sums, DecodeStatistics (&statistics)[ROWS]) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            const int row = lane / 4 + 8 * half;
            sum[half] += __shfl_xor_sync(ALL_LANES, sum[half], 1);
            sum[half] += __shfl_xor_sync(ALL_LANES, sum[half], 2);
            if (lane % 4 == 0) {
                statistics[row] = {largest[half], sum[half]};
            }
#pragma unroll
            for (int n = 0; n < COLUMNS / 8; n++) {
                storePair(sharedAddress(sums + place(row, n * 8 + lane % 4 * 2)), output[n][2 * half], output[n][2 * half + 1]);
            }
        }
    }
};

// Joins what the warps left for one row, in their order; column is the first of four.
template <typename T, int COLUMNS>
__device__ __forceinline__ DecodeStatistics join(const Joint& joint, const float* shared, int row, int column, float4& total) {
    DecodeStatistics all = {-INFINITY, 0.0f};
    total = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
#pragma unroll
    for (int warp = 0; warp < WARPS; warp++) {
        all.largest = fmaxf(all.largest, joint.of[warp][row].largest);
    }
#pragma unroll
    for (int warp = 0; warp < WARPS; warp++) {
        const float weight = exp2f(joint.of[warp][row].largest - all.largest);
        const float* sums = shared + warp * 2 * TILE_BYTES / sizeof(float);
        const float4 part = *reinterpret_cast<const float4*>(sums + DecodeWarp<T, COLUMNS>::place(row, column));
        all.sum = fmaf(joint.of[warp][row].sum, weight, all.sum);
        total.x = fmaf(part.x, weight, total.x);
        total.y = fmaf(part.y, weight, total.y);
        total.z = fmaf(part.z, weight, total.z);
        total.w = fmaf(part.w, weight, total.w);
    }
    return all;
}

template <typename T>
struct Decode {
    // (sequences, queryHeads, headDimension)
    const T* __restrict__ query;
    // (sequences, capacity, keyValueHeads, headDimension)
    const T* __restrict__ keys;
    const T* __restrict__ values;
    const int* __restrict__ lengths;
    // (sequences, queryHeads, splits, headDimension), not divided by the sums of weights
    float* __restrict__ partials;
    // (sequences, queryHeads, splits)
    DecodeStatistics* __restrict__ statistics;
    int queryHeads;
    int keyValueHeads;
    int headDimension;
    int capacity;
    int window;
    // of q·k, times log2(e)
    float scale;
};

// Grid: sequences x blocks of query heads x splits.
template <typename T, int COLUMNS>
__device__ __forceinline__ void decode(const Decode<T>& d) {
    extern __shared__ __align__(128) float shared[];
    __shared__ Joint joint;
    using Warp = DecodeWarp<T, COLUMNS>;
    const DecodeSplits splits = DecodeSplits::of(d.lengths[blockIdx.x], d.window);
    if (blockIdx.z >= splits.count()) {
        return;
    }
    const int group = d.queryHeads / d.keyValueHeads;
    const int headBlocks = (group + ROWS - 1) / ROWS;
    const int keyValueHead = blockIdx.y / headBlocks;
    const int firstOfGroup = blockIdx.y % headBlocks * ROWS;
    const int rows = min(ROWS, group - firstOfGroup);
    const size_t firstRow = static_cast<size_t>(blockIdx.x) * d.queryHeads + keyValueHead * group + firstOfGroup;
    const size_t stride = static_cast<size_t>(d.keyValueHeads) * d.headDimension;
    const size_t start = static_cast<size_t>(blockIdx.x) * d.capacity * stride + static_cast<size_t>(keyValueHead) * d.headDimension;
    const Cache<T> cache = {d.keys + start, d.values + start, stride, d.headDimension};

    const int lane = threadIdx.x % WARP;
    const int warp = threadIdx.x / WARP;
    float* own = shared + warp * 2 * TILE_BYTES / sizeof(float);
    Warp state(lane, sharedAddress(own));
    const int end = splits.endKey(blockIdx.z);
    int key = splits.firstKey(blockIdx.z) + warp * Warp::KEYS;
    if (key < end) {
        state.copy(state.valueTile, ROWS, d.query + firstRow * d.headDimension, d.headDimension, rows, d.headDimension);
        commitCopies();
        state.copyKeys(cache, key, end);
        waitForCopies<1>();
        __syncwarp();
        state.takeQueries();
        __syncwarp();
        state.copyValues(cache, key, end);
    }
    for (; key < end; key += WARPS * Warp::KEYS) {
        const int next = key + WARPS * Warp::KEYS;
        float scores[Warp::KEYS / 8][4];
        waitForCopies<1>();
        __syncwarp();
        state.score(scores, end - key, d.scale);
        __syncwarp();
        state.copyKeys(cache, next, end);
        state.weigh(scores);
        waitForCopies<1>();
        __syncwarp();
        state.addValues(scores);
        __syncwarp();
        state.copyValues(cache, next, end);
    }
    waitForCopies<0>();
    __syncwarp();
    state.leave(own, joint.of[warp]);
    __syncthreads();

    for (int row = warp; row < rows; row += WARPS) {
        const size_t at = (firstRow + row) * gridDim.z + blockIdx.z;
        for (int column = lane * 4; column < d.headDimension; column += WARP * 4) {
            float4 total;
            const DecodeStatistics all = join<T, COLUMNS>(joint, shared, row, column, total);
            *reinterpret_cast<float4*>(d.partials + at * d.headDimension + column) = total;
            if (column == 0) {
                d.statistics[at] = all;
            }
        }
    }
}

}  // namespace

#define ATTENTION_DECODE(name, type, columns, resident)                                                                       \
    extern "C" __constant__ const int attention_decode_##name##_##columns##_dynamic_shared = WARPS * 2 * TILE_BYTES;          \
    extern "C" __global__ void __launch_bounds__(WARPS * WARP, resident)                                                       \
    attention_decode_##name##_##columns(const type* query, const type* keys, const type* values, const int* lengths,          \
                                        float* partials, DecodeStatistics* statistics, int queryHeads, int keyValueHeads,     \
                                        int headDimension, int capacity, int window, float scale) {                           \
        decode<type, columns>(Decode<type>{query, keys, values, lengths, partials, statistics, queryHeads, keyValueHeads,     \
                                           headDimension, capacity, window, scale});                                          \
    }

ATTENTION_DECODE(bf16, __nv_bfloat16, 64, 3)
ATTENTION_DECODE(bf16, __nv_bfloat16, 128, 3)
ATTENTION_DECODE(bf16, __nv_bfloat16, 256, 2)
ATTENTION_DECODE(f16, __half, 64, 3)
ATTENTION_DECODE(f16, __half, 128, 3)
ATTENTION_DECODE(f16, __half, 256, 2)
