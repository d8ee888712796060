// A narrow pass reads a wide matrix X (rows, columns) once, x or dy, and leaves one or both of
//
//     X · F     (rows, ranks)       F (columns, ranks): V or U
//     Xᵀ · N    (columns, ranks)    N (rows, ranks): h or G ⊙ d
//
// as parts that a second stage adds up in order (narrow_sums.cu), so that no sum depends on which block came first:
//
//               columns of a slice                 a block keeps its 256 rows of N, and the sums of X · F of its slice in registers:
//              ┌────┬────┬────┬────┐               warp w has rows 32·w on, all ranks. Of every tile it writes Xᵀ · N over its rows:
//     256 rows │ 64 │ →  │    │    │               warp w has columns 16·(w % 4) on, and of every page of 16 ranks half w / 4.
//              └────┴────┴────┴────┘
//
// F and N are one adapter's, or of up to three that share X, side by side (rank_group.cuh): x is read once for q, k and v. The sums of a
// page of 16 ranks do not depend on what lies beside it, so that they are those of a pass for one adapter alone, bit for bit.
//
// A block takes up to WIDTH ranks; blocks that differ in their ranks alone lie beside one another, so that what one reads of X the
// next finds in the second-level cache.
//
// Tile: 256 x 64 of X, two stages of 32 KB and of 64 rows of F; N beside them, 512 bytes a rank.
// Floor: 2·rows·columns bytes over the card's copy rate; parts add 4·ranks·(rows·slices + columns·rows / 256) bytes, written and read
// back while they are in the second-level cache. At 16 ranks and a width of 4096 the simulator counts 80 to 147 warp instructions for a
// KB of X (both products), 12 to 15 sectors a request and no bank conflict. An A800 takes 70 ns for that KB on one multiprocessor, 390
// issue slots at 1.4 GHz: memory binds, by prediction. Registers, shared memory and warps are in budget.txt; no kernel spills.

#include "narrow_tile.cuh"

extern __shared__ __align__(128) unsigned char passMemory[];

namespace {

template <int WIDTH, bool PROJECT, bool FACTOR>
class NarrowPass {
    static constexpr int PAGES = WIDTH / PassBlock::PAGE;
    using FactorTile = RankTile<PassBlock::COLUMNS>;
    using RowTile = RankTile<PassBlock::ROWS>;
    static constexpr int STAGE_BYTES = WideTile::BYTES + (PROJECT ? PAGES * FactorTile::PAGE_BYTES : 0);

    const WideMatrix& wide;
    const RankMatrix& factor;
    const RankMatrix& narrow;
    const int ranks;
    const int rank;
    const int pages;
    const unsigned shared = sharedAddress(passMemory);
    // of X · F: 16 x 8 of the warp's 32 rows by its ranks
    float sums[PROJECT ? 2 : 1][PROJECT ? 2 * PAGES : 1][4] = {};

public:
    static constexpr int BYTES = PassBlock::STAGES * STAGE_BYTES + (FACTOR ? PAGES * RowTile::PAGE_BYTES : 0);

    __device__ __forceinline__ NarrowPass(const WideMatrix& wide, const RankMatrix& factor, const RankMatrix& narrow, int ranks)
        : wide(wide), factor(factor), narrow(narrow), ranks(ranks), rank(blockIdx.x * WIDTH),
          pages(min(WIDTH, ranks - rank) / PassBlock::PAGE) {}

    // Rows from row, column tiles from first to end; products (columns, ranks) are added to where add.
    __device__ __forceinline__ void run(int row, int first, int end, float* products, bool add) {
        if (FACTOR) {
            RowTile::fill(rowTile(), narrow, row, rank, pages);
        }
        const WideTile source(wide, row);
        fill(source, first);
        for (int tile = first; tile < end; tile++) {
            waitForCopies<0>();
            __syncthreads();
            if (tile + 1 < end) {
                fill(source, tile + 1);
            }
            if (PROJECT) {
                project(source, stage(tile));
            }
            if (FACTOR) {
                multiplyTransposed(source, stage(tile), min(wide.rows - row, PassBlock::ROWS), tile * PassBlock::COLUMNS, products, add);
            }
        }
        __syncthreads();
    }

    // The sums of rows from row to (rows, ranks).
    __device__ __forceinline__ void store(float* to, int row) const {
        const int lane = threadIdx.x % 32;
        const int line = row + WideTile::warpRow() + lane / 4;
#pragma unroll
        for (int i = 0; i < 4; i++) {
            if (line + 8 * i >= wide.rows) {
                return;
            }
            float* at = to + static_cast<size_t>(line + 8 * i) * ranks + rank + lane % 4 * 2;
#pragma unroll
            for (int j = 0; j < 2 * PAGES; j++) {
                if (j / 2 < pages) {
                    const float(&d)[4] = sums[i / 2][j];
                    *reinterpret_cast<float2*>(at + 8 * j) = make_float2(d[i % 2 * 2], d[i % 2 * 2 + 1]);
                }
            }
        }
    }

private:
    __device__ __forceinline__ unsigned stage(int tile) const {
        return shared + tile % PassBlock::STAGES * STAGE_BYTES;
    }

    __device__ __forceinline__ unsigned rowTile() const {
        return shared + PassBlock::STAGES * STAGE_BYTES;
    }

    __device__ __forceinline__ void fill(const WideTile& source, int tile) const {
        source.fill(stage(tile), tile * PassBlock::COLUMNS);
        if (PROJECT) {
            FactorTile::fill(stage(tile) + WideTile::BYTES, factor, tile * PassBlock::COLUMNS, rank, pages);
        }
        commitCopies();
    }

    __device__ __forceinline__ void project(const WideTile& source, unsigned tile) {
#pragma unroll
        for (int column = 0; column < PassBlock::COLUMNS; column += 16) {
            unsigned a[2][4];
            source.load(a[0], tile, 0, column);
            source.load(a[1], tile, 16, column);
#pragma unroll
            for (int page = 0; page < PAGES; page++) {
                if (page < pages) {
                    unsigned b[4];
                    FactorTile::load(b, tile + WideTile::BYTES, page, column);
#pragma unroll
                    for (int i = 0; i < 2; i++) {
                        TensorCore<__nv_bfloat16>::multiply(sums[i][2 * page], a[i], b[0], b[1]);
                        TensorCore<__nv_bfloat16>::multiply(sums[i][2 * page + 1], a[i], b[2], b[3]);
                    }
                }
            }
        }
    }

    __device__ __forceinline__ void multiplyTransposed(const WideTile& source, unsigned tile, int count, int column, float* products,
                                                       bool add) const {
        const int half = threadIdx.x / 128;
        float sums[PAGES][4] = {};
        for (int row = 0; row < count; row += 32) {
            unsigned a[2][4];
            source.loadTransposed(a[0], tile, row);
            source.loadTransposed(a[1], tile, row + 16);
#pragma unroll
            for (int page = 0; page < PAGES; page++) {
                if (page < pages) {
                    unsigned b[4];
                    RowTile::loadHalf(b, rowTile(), page, half, row);
                    TensorCore<__nv_bfloat16>::multiply(sums[page], a[0], b[0], b[1]);
                    TensorCore<__nv_bfloat16>::multiply(sums[page], a[1], b[2], b[3]);
                }
            }
        }
        const int lane = threadIdx.x % 32;
#pragma unroll
        for (int i = 0; i < 2; i++) {
            const int line = column + WideTile::warpColumn() + lane / 4 + 8 * i;
            if (line < wide.columns) {
                float* at = products + static_cast<size_t>(line) * ranks + rank + half * 8 + lane % 4 * 2;
#pragma unroll
                for (int page = 0; page < PAGES; page++) {
                    if (page < pages) {
                        put(at + page * PassBlock::PAGE, sums[page][2 * i], sums[page][2 * i + 1], add);
                    }
                }
            }
        }
    }

    static __device__ __forceinline__ void put(float* to, float first, float second, bool add) {
        const float2 before = add ? *reinterpret_cast<const float2*>(to) : make_float2(0, 0);
        *reinterpret_cast<float2*>(to) = make_float2(before.x + first, before.y + second);
    }
};

// Grid: widths of ranks, slices of the columns, parts of the rows.
template <int WIDTH, bool PROJECT, bool FACTOR>
__device__ __forceinline__ void narrowPass(const WideMatrix& wide, const RankGroup& group, const Members<const __nv_bfloat16*>& factors,
                                           const Members<const __nv_bfloat16*>& narrows, float* projected, float* products) {
    const RankMatrix factor = {factors, wide.columns, group};
    const RankMatrix narrow = {narrows, wide.rows, group};
    const int ranks = group.ranks();
    const int tiles = (wide.columns + PassBlock::COLUMNS - 1) / PassBlock::COLUMNS;
    const int first = static_cast<int>(static_cast<long long>(tiles) * blockIdx.y / gridDim.y);
    const int end = static_cast<int>(static_cast<long long>(tiles) * (blockIdx.y + 1) / gridDim.y);
    const int blocks = (wide.rows + PassBlock::ROWS - 1) / PassBlock::ROWS;
    const int firstBlock = static_cast<int>(static_cast<long long>(blocks) * blockIdx.z / gridDim.z);
    const int endBlock = static_cast<int>(static_cast<long long>(blocks) * (blockIdx.z + 1) / gridDim.z);
    float* slice = projected + static_cast<size_t>(blockIdx.y) * wide.rows * ranks;
    float* part = products + static_cast<size_t>(blockIdx.z) * wide.columns * ranks;
    for (int block = firstBlock; block < endBlock; block++) {
        NarrowPass<WIDTH, PROJECT, FACTOR> pass(wide, factor, narrow, ranks);
        pass.run(block * PassBlock::ROWS, first, end, part, block > firstBlock);
        if (PROJECT) {
            pass.store(slice, block * PassBlock::ROWS);
        }
    }
}

}  // namespace

// factor0 to 2 (columns, ranks of the member), narrow0 to 2 (rows, ranks of the member); projected (slices, rows, ranks of all), products
// (parts, columns, ranks of all): overwritten
#define NARROW_PASS(name, width, project, factorize, blocks)                                                                          \
    extern "C" __constant__ int name##_##width##_dynamic_shared = NarrowPass<width, project, factorize>::BYTES;                       \
    extern "C" __global__ void __launch_bounds__(PassBlock::THREADS, blocks)                                                        \
    name##_##width(const __nv_bfloat16* wide, const __nv_bfloat16* factor0, const __nv_bfloat16* factor1,                             \
                   const __nv_bfloat16* factor2, const __nv_bfloat16* narrow0, const __nv_bfloat16* narrow1,                          \
                   const __nv_bfloat16* narrow2, float* projected, float* products, int rows, int columns, int rank0, int rank1,      \
                   int rank2, int aligned) {                                                                                          \
        narrowPass<width, project, factorize>(WideMatrix{wide, rows, columns, aligned != 0}, RankGroup{{rank0, rank1, rank2}},        \
                                              {factor0, factor1, factor2}, {narrow0, narrow1, narrow2}, projected, products);         \
    }

NARROW_PASS(svdlora_project_bf16, 16, true, false, 2)
NARROW_PASS(svdlora_project_bf16, 48, true, false, 2)
NARROW_PASS(svdlora_project_bf16, 96, true, false, 1)
NARROW_PASS(svdlora_project_and_factor_bf16, 16, true, true, 2)
NARROW_PASS(svdlora_project_and_factor_bf16, 48, true, true, 1)
NARROW_PASS(svdlora_project_and_factor_bf16, 96, true, true, 1)
NARROW_PASS(svdlora_factor_bf16, 16, false, true, 2)
NARROW_PASS(svdlora_factor_bf16, 48, false, true, 1)
NARROW_PASS(svdlora_factor_bf16, 96, false, true, 1)
