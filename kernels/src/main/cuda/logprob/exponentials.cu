// Product 1 of the log-probabilities: logits = x·Wᵀ of the rows of a chunk, which are read where they lie. No logit is stored. Of every
// 64 of a row the greatest and the sum of the exponentials below it are, and the logit of the target, all from the float32 sums. For the
// gradients the exponentials themselves are kept as well, in bfloat16 under the maximum of their 64: so all have 8 bits, where a logit
// of 20 in bfloat16 would leave its probability an error of 6 %.
//
// Tile: as linear/product.cuh; 216 to 242 registers, no spills. Floor: 2·rows·columns·vocabulary operations, for 4096 rows of 4096 and
// 128,256 tokens 4.3 TFLOP: 13.8 ms on an A800, 4.4 ms on an H200. The exponentials take a warp 1600 instructions more than storing its
// sums, beside 20,600 of the main loop at 4096 columns; none on the tensor cores, which the other block keeps busy.

#include "../common/product_grid.cuh"
#include "chunk.cuh"
#include "log_sum.cuh"

namespace {

struct StoreExponentials {
    using Values = Pack<__nv_bfloat16>;
    static constexpr int LANES = SumStage::SIDE / Values::COUNT;

    Chunk chunk;
    // (capacity, stride), 0 beyond the vocabulary; null when nobody needs them
    __nv_bfloat16* exponentials;
    int stride;
    // greatest and sum of 64 logits: (capacity, vocabulary / 64 rounded up)
    float2* parts;
    float* targetLogits;
    int rows;
    int vocabulary;

    __device__ __forceinline__ void operator()(int row, int column, Values& logits) const {
        float most = -INFINITY;
#pragma unroll
        for (int i = 0; i < Values::COUNT; i++) {
            if (column + i >= vocabulary) {
                logits.values[i] = -INFINITY;
            }
            most = fmaxf(most, logits.values[i]);
        }
        most = overLanes(most, [](float a, float b) { return fmaxf(a, b); });
        const bool inside = row < rows && column < vocabulary;
        if (inside) {
            keepTarget(row, column, logits);
        }
        float sum = 0.0f;
#pragma unroll
        for (int i = 0; i < Values::COUNT; i++) {
            logits.values[i] = exponential(logits.values[i] - most);
            sum += logits.values[i];
        }
        sum = overLanes(sum, [](float a, float b) { return a + b; });
        if (inside && column % SumStage::SIDE == 0) {
            const int count = (vocabulary + SumStage::SIDE - 1) / SumStage::SIDE;
            parts[static_cast<size_t>(row) * count + column / SumStage::SIDE] = make_float2(most, sum);
        }
        if (inside && exponentials != nullptr) {
            logits.store(exponentials + static_cast<size_t>(row) * stride + column);
        }
    }

private:
    template <typename Combine>
    static __device__ __forceinline__ float overLanes(float value, Combine combine) {
#pragma unroll
        for (int offset = LANES / 2; offset > 0; offset /= 2) {
            value = combine(value, __shfl_xor_sync(0xffffffffu, value, offset));
        }
        return value;
    }

    __device__ __forceinline__ void keepTarget(int row, int column, const Values& logits) const {
        const int place = chunk.target(row) - column;
#pragma unroll
        for (int i = 0; i < Values::COUNT; i++) {
            if (i == place) {
                targetLogits[row] = logits.values[i];
            }
        }
    }
};

template <typename Block, bool ALIGNED>
__device__ __forceinline__ void run(const Operand& x, const Operand& head, const StoreExponentials& store) {
    const ProductTile tile = ProductTile::of<Block>(store.chunk.capacity, store.vocabulary);
    if (tile.row < x.lines) {
        productOfTile<Block>(LineMajor<Block, Side::LEFT, ALIGNED>(x, tile.row, store.chunk.rows + store.chunk.first),
                             LineMajor<Block, Side::RIGHT, ALIGNED>(head, tile.column), depthTiles(x.depth), tile, store);
    }
}

}  // namespace

#define LOG_PROB_EXPONENTIALS(name, Block, aligned)                                                                                \
    extern "C" __global__ void __launch_bounds__(Block::THREADS, Block::RESIDENT)                                                  \
    name(const int* activeRows, const int* activeTargets, const int* count, int first, int capacity, const __nv_bfloat16* x,       \
         const __nv_bfloat16* head, __nv_bfloat16* exponentials, float2* parts, float* targetLogits, int columns, int vocabulary,  \
         int stride) {                                                                                                             \
        const Chunk chunk{activeRows, activeTargets, count, first, capacity};                                                      \
        const int rows = chunk.size();                                                                                             \
        run<Block, aligned>(Operand{x, columns, rows, columns}, Operand{head, columns, vocabulary, columns},                       \
                            StoreExponentials{chunk, exponentials, stride, parts, targetLogits, rows, vocabulary});                \
    }

LOG_PROB_EXPONENTIALS(log_prob_exponentials, NarrowBlock, true)
LOG_PROB_EXPONENTIALS(log_prob_exponentials_wide, WideBlock, true)
LOG_PROB_EXPONENTIALS(log_prob_exponentials_unaligned, NarrowBlock, false)
