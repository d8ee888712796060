// One token a row of logits: the most likely, a draw from all, or a draw from those that top-k and then top-p leave.
//
// Tile: a block a row, which reads it from the second-level cache several times: greedy once, a draw from all three times, with top-k or
// top-p seven, with both nine, and no sorting. Weights are whole numbers, so sums are exact and the same in any order (logit_row.cuh).
// 26 registers greedy and up to 48 else, 37 KiB of shared memory with a limit. Floor: 4 bytes a logit over the card's copy rate, which
// only very many rows come near: a block reads at the rate of one multiprocessor, predicted at 6 µs a pass over 128,000 logits on an A800.
// The simulator counts 22, 107 and 286 PTX instructions for 32 logits and, with a limit, half a bank conflict an access to shared memory; it
// does not count that atomics on one counter, where logits of one power of two meet, wait for each other. A row that holds NaN, infinity or
// nothing finite gives -1.

#include "first_beyond.cuh"
#include "radix_select.cuh"

namespace {

constexpr int MOST_THREADS = 1024;
constexpr unsigned NO_LOGIT = 0xffffffffu;
constexpr int NO_TOKEN = -1;

// The first of the largest.
struct Largest {
    unsigned key;
    int id;

    static __device__ __forceinline__ Largest of(const LogitRow& row, const BlockScan& scan) {
        Mass best = 0;
        row.forEach([&](float logit, int id) {
            const unsigned key = logit < __int_as_float(0x7f800000) ? keyOf(logit) : NO_LOGIT;
            const Mass candidate = static_cast<Mass>(key) << 32 | ~static_cast<unsigned>(id);
            best = candidate > best ? candidate : best;
        });
        best = scan.largest(best);
        return {static_cast<unsigned>(best >> 32), static_cast<int>(~static_cast<unsigned>(best))};
    }

    __device__ __forceinline__ bool isFinite() const {
        return key != NO_LOGIT && key > keyOf(__int_as_float(0xff800000));
    }
};

__device__ __forceinline__ Mass share(double uniform, Mass mass) {
    return min(__double2ull_rd(uniform * static_cast<double>(mass)), mass - 1);
}

// The mass of all tokens up to the one that takes the sum beyond target; of equals, the first come first.
__device__ __forceinline__ Mass massThrough(const Place& place, Mass tokensBefore, Mass weight) {
    return place.mass + (tokensBefore + 1) * weight;
}

__device__ __forceinline__ Mass ofTopK(RadixSelect& select, const Weights& weights, int topK) {
    const Mass target = topK - 1;
    const Place place = select.find<RadixSelect::By::TOKENS>(target);
    return massThrough(place, target - place.tokens, weights.of(logitOf(place.key)));
}

// Of the fewest that reach topP of mass.
__device__ __forceinline__ Mass ofTopP(RadixSelect& select, const Weights& weights, double topP, Mass mass) {
    const Mass target = min(__double2ull_ru(topP * static_cast<double>(mass)), mass) - 1;
    const Place place = select.find<RadixSelect::By::MASS>(target);
    const Mass weight = weights.of(logitOf(place.key));
    return massThrough(place, (target - place.mass) / weight, weight);
}

}  // namespace

extern "C" __global__ void __launch_bounds__(MOST_THREADS, 1) sampling_greedy(const float* logits, int* ids, int vocabulary) {
    __shared__ Mass warps[BlockScan::WARP];
    const Largest largest = Largest::of(LogitRow::ofBlock(logits, vocabulary), BlockScan{warps});
    if (threadIdx.x == 0) {
        ids[blockIdx.x] = largest.isFinite() ? largest.id : NO_TOKEN;
    }
}

// In the order of ids.
extern "C" __global__ void __launch_bounds__(MOST_THREADS, 1)
sampling_all(const float* logits, const double* uniform, int* ids, int vocabulary, double doublingsPerLogit) {
    __shared__ Mass warps[BlockScan::WARP];
    __shared__ FirstBeyond::Part part;
    const LogitRow row = LogitRow::ofBlock(logits, vocabulary);
    const BlockScan scan{warps};
    const Largest largest = Largest::of(row, scan);
    int id = NO_TOKEN;
    if (largest.isFinite()) {
        const Weights weights{logitOf(largest.key), doublingsPerLogit};
        Mass own = 0;
        row.forEach([&](float logit, int) { own += weights.of(logit); });
        Mass total;
        scan.before(own, total);
        id = FirstBeyond{scan, &part}.id(row, share(uniform[blockIdx.x], total), [&](float logit) { return weights.of(logit); });
    }
    if (threadIdx.x == 0) {
        ids[blockIdx.x] = id;
    }
}

// In the order of likelihood, equals in that of ids. topK is 0 for no limit, topP is 1.
extern "C" __global__ void __launch_bounds__(MOST_THREADS, 1)
sampling_limited(const float* logits, const double* uniform, int* ids, int vocabulary, double doublingsPerLogit, int topK, double topP) {
    __shared__ Mass warps[BlockScan::WARP];
    __shared__ FirstBeyond::Part part;
    __shared__ RadixSelect::Shared shared;
    const LogitRow row = LogitRow::ofBlock(logits, vocabulary);
    const BlockScan scan{warps};
    const Largest largest = Largest::of(row, scan);
    int id = NO_TOKEN;
    if (largest.isFinite()) {
        const Weights weights{logitOf(largest.key), doublingsPerLogit};
        RadixSelect select(row, weights, scan, shared);
        select.prepare();
        Mass mass = select.totalMass;
        if (topK > 0 && topK < select.totalTokens) {
            mass = ofTopK(select, weights, topK);
        }
        if (topP < 1.0) {
            mass = ofTopP(select, weights, topP, mass);
        }
        const Mass target = share(uniform[blockIdx.x], mass);
        const Place place = select.find<RadixSelect::By::MASS>(target);
        const Mass equalsBefore = (target - place.mass) / weights.of(logitOf(place.key));
        id = FirstBeyond{scan, &part}.id(row, equalsBefore, [&](float logit) { return Mass(keyOf(logit) == place.key); });
    }
    if (threadIdx.x == 0) {
        ids[blockIdx.x] = id;
    }
}
