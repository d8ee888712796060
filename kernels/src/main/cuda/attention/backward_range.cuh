// Which queries of its sequence see a key tile. Positions count from the sequence's first token.
#pragma once

template <int QUERIES, int KEYS>
struct QueryRange {
    int length;
    int firstKey;
    // distances that are seen are below reach; the sequence's length when there is no window
    int reach;
    bool causal;

    static __device__ __forceinline__ QueryRange of(int length, int firstKey, int window, bool causal) {
        return {length, firstKey, window == 0 ? length : min(window, length), causal};
    }

    __device__ __forceinline__ int firstTile() const {
        return max(0, causal ? firstKey : firstKey - reach + 1) / QUERIES;
    }

    __device__ __forceinline__ int lastTile() const {
        const int last = length - 1;
        const int lastKey = min(firstKey + KEYS - 1, last);
        return (last - lastKey >= reach ? lastKey + reach - 1 : last) / QUERIES;
    }

    // Key tiles before this one that queries from firstQuery on see; each of them adds to their dQ.
    __device__ __forceinline__ int tilesBefore(int firstQuery) const {
        return firstKey / KEYS - max(0, firstQuery - reach + 1) / KEYS;
    }

    // Whether some query of the tile must not see some key: at the diagonal and at a window's edges.
    __device__ __forceinline__ bool cuts(int firstQuery) const {
        const bool ahead = firstQuery < firstKey + KEYS - 1 && (causal || firstKey + KEYS - firstQuery > reach);
        return ahead || firstQuery + QUERIES - firstKey > reach;
    }

    // A key is seen when the query's position less its own, plus this, is in [0, span).
    __device__ __forceinline__ int ahead() const {
        return causal ? 0 : reach - 1;
    }

    __device__ __forceinline__ unsigned span() const {
        return static_cast<unsigned>(reach) + ahead();
    }
};
