// The second stages of the narrow passes: what a pass left in parts is added up in their order, so that the bits are the same every time.
// A row of ranks, a multiple of 16 in the parts and in what products take as operands, is rank long in the layer's own matrices. The
// parts have the ranks of all members of a group one behind the other, and every member its own matrices.
//
// Tile: 4 ranks a thread. Floor: 4 bytes of each element of each part and those of the result over the card's copy rate; the parts come
// out of the second-level cache.

#include "rank_group.cuh"
#include "row_diagonal.cuh"

namespace {

constexpr int THREADS = 256;
constexpr int WIDTH = 4;

// The row and the first rank of a thread, of so many rows.
struct Place {
    int row;
    int column;

    static __device__ __forceinline__ Place of(int ranks) {
        const long long id = static_cast<long long>(blockIdx.x) * THREADS + threadIdx.x;
        const int across = ranks / WIDTH;
        return {static_cast<int>(id / across), static_cast<int>(id % across) * WIDTH};
    }
};

__device__ __forceinline__ Pack<float> sumOfParts(const float* __restrict__ parts, int number, int rows, int ranks, const Place& place) {
    const size_t at = static_cast<size_t>(place.row) * ranks + place.column;
    const size_t part = static_cast<size_t>(rows) * ranks;
    Pack<float> sum = {};
#pragma unroll 8
    for (int i = 0; i < number; i++) {
        const Pack<float> one = Pack<float>::load(parts + i * part + at);
#pragma unroll
        for (int j = 0; j < WIDTH; j++) {
            sum.values[j] += one.values[j];
        }
    }
    return sum;
}

}  // namespace

// values (rows, rank) = Σ of parts (number, rows, ranks of all); scaled (rows, ranks) = values ⊙ d, rounded, 0 from rank on
extern "C" __global__ void __launch_bounds__(THREADS)
svdlora_sum_and_scale_bf16(const float* parts, int number, const float* diagonal0, const float* diagonal1, const float* diagonal2,
                           const int* preferenceOfRow, float* values0, float* values1, float* values2, __nv_bfloat16* scaled0,
                           __nv_bfloat16* scaled1, __nv_bfloat16* scaled2, int rows, int rank0, int rank1, int rank2, int preferences) {
    const RankGroup group = {{rank0, rank1, rank2}};
    const int ranks = group.ranks();
    const Place place = Place::of(ranks);
    if (place.row >= rows) {
        return;
    }
    const Pack<float> sum = sumOfParts(parts, number, rows, ranks, place);
    const RankGroup::Place own = group.at(place.column);
    const int rank = group.rank[own.member];
    float* to = Members<float*>{values0, values1, values2}[own.member] + static_cast<size_t>(place.row) * rank + own.column;
#pragma unroll
    for (int i = 0; i < WIDTH; i++) {
        if (own.column + i < rank) {
            to[i] = sum.values[i];
        }
    }
    const float* diagonal = Members<const float*>{diagonal0, diagonal1, diagonal2}[own.member];
    __nv_bfloat16* scaled = Members<__nv_bfloat16*>{scaled0, scaled1, scaled2}[own.member];
    const RowDiagonal multipliers = {diagonal, preferenceOfRow, rank, preferences};
    multipliers.scaled(sum.values, place.row, own.column).store(scaled + static_cast<size_t>(place.row) * own.ranks + own.column);
}

// scaled (rows, ranks) = values (rows, rank) ⊙ d, rounded, 0 from rank on
extern "C" __global__ void __launch_bounds__(THREADS)
svdlora_scale_bf16(const float* values, const float* diagonal, const int* preferenceOfRow, __nv_bfloat16* scaled, int rows, int rank,
                   int ranks, int preferences) {
    const Place place = Place::of(ranks);
    if (place.row >= rows) {
        return;
    }
    const float* from = values + static_cast<size_t>(place.row) * rank + place.column;
    float row[WIDTH];
#pragma unroll
    for (int i = 0; i < WIDTH; i++) {
        row[i] = place.column + i < rank ? from[i] : 0.0f;
    }
    const RowDiagonal multipliers = {diagonal, preferenceOfRow, rank, preferences};
    multipliers.scaled(row, place.row, place.column).store(scaled + static_cast<size_t>(place.row) * ranks + place.column);
}

// to (rows, rank) += Σ of parts (number, rows, ranks of all)
extern "C" __global__ void __launch_bounds__(THREADS)
svdlora_add_parts(const float* parts, int number, float* to0, float* to1, float* to2, int rows, int rank0, int rank1, int rank2) {
    const RankGroup group = {{rank0, rank1, rank2}};
    const int ranks = group.ranks();
    const Place place = Place::of(ranks);
    const RankGroup::Place own = group.at(place.column);
    const int rank = group.rank[own.member];
    if (place.row >= rows || own.column >= rank) {
        return;
    }
    const Pack<float> sum = sumOfParts(parts, number, rows, ranks, place);
    float* at = Members<float*>{to0, to1, to2}[own.member] + static_cast<size_t>(place.row) * rank + own.column;
#pragma unroll
    for (int i = 0; i < WIDTH; i++) {
        if (own.column + i < rank) {
            at[i] += sum.values[i];
        }
    }
}
