// A tile of 2-byte elements in shared memory, laid out so that no access of a warp meets a bank twice.
//
// Its unit is the chunk of 16 bytes, 8 elements; eight chunks are the 128 bytes that the 32 banks give at once. A tile is cut into pages
// of 64 columns (or 32 where 64 do not fit), a page's rows lie one behind the other, and in row r the chunk c lies at place c XOR r,
// taken modulo 8:
//
//     row 0:  0 1 2 3 4 5 6 7          ldmatrix reads one chunk of 8 rows, say chunk 2:
//     row 1:  1 0 3 2 5 4 7 6          places 2, 3, 0, 1, 6, 7, 4, 5, all different: one pass.
//     row 2:  2 3 0 1 6 7 4 5          A row written by 8 threads takes all 8 places: one pass.
//     row 3:  3 2 1 0 7 6 5 4
//
// A row of 32 columns is 64 bytes, so two rows share 128 bytes and c XOR (r / 2), modulo 4, does the same.
#pragma once

template <int ROWS, int COLUMNS>
struct SwizzledTile {
    static constexpr int CHUNK = 8;
    static constexpr int PAGE = COLUMNS % 64 == 0 ? 64 : 32;
    static_assert(COLUMNS % PAGE == 0, "a tile has whole pages");
    static constexpr int PAGES = COLUMNS / PAGE;
    static constexpr int ROW_BYTES = 2 * PAGE;
    static constexpr int PAGE_BYTES = ROWS * ROW_BYTES;
    static constexpr int BYTES = PAGES * PAGE_BYTES;
    static constexpr int PAGE_CHUNKS = PAGE / CHUNK;

    // What the row does to a place, as an offset in bytes: XOR it on chunk · 16.
    static __device__ __forceinline__ constexpr unsigned twist(int row) {
        return PAGE == 64 ? (row & 7) << 4 : ((row >> 1) & 3) << 4;
    }

    // Offset in bytes of the chunk that column, a multiple of 8, begins.
    static __device__ __forceinline__ constexpr unsigned offset(int row, int column) {
        return column / PAGE * PAGE_BYTES + row * ROW_BYTES + ((column % PAGE / CHUNK << 4) ^ twist(row));
    }
};
