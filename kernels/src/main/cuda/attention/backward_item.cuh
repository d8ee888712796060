// What the main kernel of attention's backward is given, and what of it a block works on.
#pragma once

#include <cstdint>

#include "backward_range.cuh"
#include "backward_turns.cuh"

// Arrays are (T, heads, columns). Scratch memory is in query tiles, as many as would lie beside whole key tiles: beside key tile k lie
// numbers k · PARTS and on, and what belongs to a tile and a head is element number · queryHeads + head.
template <typename T>
struct BackwardArguments {
    const T* query;
    const T* key;
    const T* value;
    const T* dOutput;
    const uint8_t* keyMask;   // null for none
    const int* tiles;         // of each key tile its sequence's first token, the sequence's length, the position of its first key
    const float* statistics;  // of each query tile -LSE · log2 e of its queries, then -D
    float* querySums;
    int* turns;   // of each query tile and warp how many key tiles have added; null to add in any order
    int* ticket;  // null as well
    T* dKey;
    T* dValue;
    int queryHeads;
    int keyValueHeads;
    int columns;
    int window;
    int causal;
    float scale;
};

// What a block works on, in shared memory: registers are needed for sums.
template <int QUERIES, int KEYS>
struct BackwardItem {
    QueryRange<QUERIES, KEYS> range;
    int firstToken;
    int keyValueHead;
    int firstHead;     // of the queries
    int firstScratch;  // number of the sequence's first query tile
    int firstTile;     // query tiles of the sequence that see these keys
    int lastTile;

    template <typename T>
    __device__ __forceinline__ void fill(const BackwardArguments<T>& a) {
        const int item = takeItem(a.ticket);
        const int number = item / a.keyValueHeads;
        const int* tile = a.tiles + 3 * number;
        range = range.of(tile[1], tile[2], a.window, a.causal != 0);
        firstToken = tile[0];
        keyValueHead = item % a.keyValueHeads;
        firstHead = keyValueHead * (a.queryHeads / a.keyValueHeads);
        firstScratch = (number - range.firstKey / KEYS) * (KEYS / QUERIES);
        firstTile = range.firstTile();
        lastTile = range.lastTile();
    }
};

// Where a block is among its steps: a query head of the group, a query tile of the sequence.
struct BackwardStep {
    int head;
    int tile;

    // Query tiles from last to first, then the next head.
    template <typename Item>
    __device__ __forceinline__ BackwardStep next(const Item& item) const {
        return tile == item.firstTile ? BackwardStep{head + 1, item.lastTile} : BackwardStep{head, tile - 1};
    }
};
