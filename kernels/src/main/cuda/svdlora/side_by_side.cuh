// Two operands of a product, one behind the other in depth: [x | h], or [W0 ; Vᵀ]. The first fills its tiles as it would alone; the second,
// which is a tile or a few, always aligned, is set up anew for each of them, so that the main loop keeps no registers for it. Both store
// their tiles in the same places, so one of them loads the fragments of both.
#pragma once

#include "../common/product_grid.cuh"

template <typename First, typename Second>
class SideBySide {
    static_assert(First::BYTES == Second::BYTES, "both fill the same tile");

    First first;
    Operand second;
    int line;
    int tiles;

public:
    static constexpr int BYTES = First::BYTES;

    // The lines of a block from line; the first operand's depth is the tiles that begin in it, the last one filled up with 0.
    __device__ __forceinline__ SideBySide(const Operand& first, const Operand& second, int line)
        : first(first, line), second(second), line(line), tiles(depthTiles(first.depth)) {}

    // Tiles of depth of both.
    __device__ __forceinline__ int depth() const {
        return tiles + depthTiles(second.depth);
    }

    __device__ __forceinline__ void fill(unsigned slot, int tile) const {
        const __nv_bfloat16* from = first.begin(tile);
        if (first.isWhole(tile)) {
            first.fillWhole(slot, from);
        } else if (tile < tiles) {
            first.fillEdge(slot, from, tile);
        } else {
            Second(second, line).fill(slot, tile - tiles);
        }
    }

    __device__ __forceinline__ void load(unsigned (&to)[4], unsigned slot, int block, int step) const {
        first.load(to, slot, block, step);
    }
};
