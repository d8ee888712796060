// Adapters that read one x, such as those of q, k and v: what a pass meets them with lies apart in memory, their ranks one behind the
// other, each filled up to whole pages. A group has up to three members; those that are not there have no ranks.
#pragma once

template <typename T>
struct Members {
    T first;
    T second;
    T third;

    __device__ __forceinline__ T operator[](int member) const {
        return member == 0 ? first : member == 1 ? second : third;
    }
};

struct RankGroup {
    static constexpr int PAGE = 16;

    // of each member's own matrices
    Members<int> rank;

    // A rank of all: whose it is, which of its own, and how many that member has, filled up.
    struct Place {
        int member;
        int column;
        int ranks;
    };

    static __device__ __forceinline__ int filled(int rank) {
        return (rank + PAGE - 1) / PAGE * PAGE;
    }

    __device__ __forceinline__ int ranks() const {
        return filled(rank.first) + filled(rank.second) + filled(rank.third);
    }

    __device__ __forceinline__ Place at(int column) const {
        const int first = filled(rank.first);
        if (column < first) {
            return {0, column, first};
        }
        const int second = filled(rank.second);
        if (column < first + second) {
            return {1, column - first, second};
        }
        return {2, column - first - second, filled(rank.third)};
    }
};
