// The rows of x that have a target, which only the device knows how many there are, go through in chunks of at most `capacity`. Grids are
// made for full chunks; blocks beyond the rows that there are leave at once.
#pragma once

struct Chunk {
    // row of x, and target, of each row that has one
    const int* rows;
    const int* targets;
    // how many there are of them, on the device
    const int* count;
    int first;
    int capacity;

    __device__ __forceinline__ int size() const {
        return max(0, min(*count - first, capacity));
    }

    __device__ __forceinline__ int row(int i) const {
        return rows[first + i];
    }

    __device__ __forceinline__ int target(int i) const {
        return targets[first + i];
    }
};
