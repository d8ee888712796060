// A place in the order of likelihood, which is falling logit: the first token at which a running sum, of weights or of tokens, passes a
// target. Found without sorting: the tokens are counted and weighed by the highest digit of their keys, then those of the digit that holds
// the place by the next. The counters are whole numbers, so that atomics in any order leave the same bits. Tokens that weigh nothing
// are left out.
#pragma once

#include "block_scan.cuh"

template <int BITS>
struct Histogram {
    static constexpr int BINS = 1 << BITS;

    // a mass is two words, as shared memory adds words by itself but double words only by trying again
    unsigned low[BINS];
    unsigned high[BINS];
    unsigned tokens[BINS];

    __device__ __forceinline__ void clear() {
        for (int bin = threadIdx.x; bin < BINS; bin += blockDim.x) {
            low[bin] = 0;
            high[bin] = 0;
            tokens[bin] = 0;
        }
    }

    __device__ __forceinline__ void add(int bin, Mass mass) {
        const unsigned lower = static_cast<unsigned>(mass);
        const unsigned before = atomicAdd(&low[bin], lower);
        const unsigned carry = before + lower < lower ? 1 : 0;
        atomicAdd(&high[bin], static_cast<unsigned>(mass >> 32) + carry);
        atomicAdd(&tokens[bin], 1);
    }

    __device__ __forceinline__ Mass mass(int bin) const {
        return static_cast<Mass>(high[bin]) << 32 | low[bin];
    }
};

// A key, and what is ahead of it in the order of likelihood.
struct Place {
    unsigned key;
    Mass mass;
    Mass tokens;
};

class RadixSelect {
public:
    enum class By { MASS, TOKENS };

    // 36 KiB
    struct Shared {
        Histogram<10> first;
        Histogram<11> later;
        Place found;
    };

    __device__ __forceinline__ RadixSelect(const LogitRow& row, const Weights& weights, const BlockScan& scan, Shared& shared)
        : row(row), weights(weights), scan(scan), shared(shared) {}

    // Counts the first digits, which all searches share. Afterwards totals are known.
    __device__ __forceinline__ void prepare() {
        shared.first.clear();
        __syncthreads();
        Mass mass = 0;
        Mass tokens = 0;
        row.forEach([&](float logit, int) {
            const Mass weight = weights.of(logit);
            if (weight > 0) {
                shared.first.add(keyOf(logit) >> FIRST_SHIFT, weight);
                mass += weight;
                tokens++;
            }
        });
        scan.before(mass, totalMass);
        scan.before(tokens, totalTokens);
    }

    // Where the running sum exceeds target, which the total must do.
    template <By BY>
    __device__ __forceinline__ Place find(Mass target) {
        Place place = {0, 0, 0};
        narrow<BY>(shared.first, FIRST_SHIFT, target, place);
        for (int shift = SECOND_SHIFT; shift >= 0; shift -= SECOND_SHIFT) {
            count(place.key, shift);
            narrow<BY>(shared.later, shift, target, place);
        }
        return place;
    }

    Mass totalMass;
    Mass totalTokens;

private:
    static constexpr int FIRST_SHIFT = 22;
    static constexpr int SECOND_SHIFT = 11;

    const LogitRow& row;
    const Weights& weights;
    const BlockScan& scan;
    Shared& shared;

    // Counts the digits above shift of the keys that begin as this one does.
    __device__ __forceinline__ void count(unsigned key, int shift) {
        shared.later.clear();
        __syncthreads();
        row.forEach([&](float logit, int) {
            const unsigned difference = (keyOf(logit) ^ key) >> shift;
            if (difference < Histogram<11>::BINS) {
                const Mass weight = weights.of(logit);
                if (weight > 0) {
                    shared.later.add(difference, weight);
                }
            }
        });
        __syncthreads();
    }

    // Adds to the key of place the digit that holds the target, and to what is ahead of it what has a higher one.
    template <By BY, int BITS>
    __device__ __forceinline__ void narrow(const Histogram<BITS>& bins, int shift, Mass target, Place& place) {
        const int each = Histogram<BITS>::BINS / blockDim.x;
        const int top = Histogram<BITS>::BINS - 1 - threadIdx.x * each;
        Mass mass = 0;
        Mass tokens = 0;
        for (int bin = top; bin > top - each; bin--) {
            mass += bins.mass(bin);
            tokens += bins.tokens[bin];
        }
        Mass total;
        mass = place.mass + scan.before(mass, total);
        tokens = place.tokens + scan.before(tokens, total);
        for (int bin = top; bin > top - each; bin--) {
            const Mass ahead = BY == By::MASS ? mass : tokens;
            const Mass own = BY == By::MASS ? bins.mass(bin) : bins.tokens[bin];
            if (ahead <= target && target - ahead < own) {
                shared.found = {place.key | static_cast<unsigned>(bin) << shift, mass, tokens};
            }
            mass += bins.mass(bin);
            tokens += bins.tokens[bin];
        }
        __syncthreads();
        place = shared.found;
    }
};
