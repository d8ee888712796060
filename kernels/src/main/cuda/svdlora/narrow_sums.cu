// The second stages of the narrow passes: what a pass left in parts is added up in their order, so that the bits are the same every time.
// A row of ranks, a multiple of 16 in the parts and in what products take as operands, is rank long in the layer's own matrices.
//
// Tile: 4 ranks a thread. Floor: 4 bytes of each element of each part and those of the result over the card's copy rate; the parts come
// out of the second-level cache.

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

// values (rows, rank) = Σ of parts (number, rows, ranks); scaled (rows, ranks) = values ⊙ d, rounded, 0 from rank on
extern "C" __global__ void __launch_bounds__(THREADS)
svdlora_sum_and_scale_bf16(const float* parts, int number, const float* diagonal, const int* preferenceOfRow, float* values,
                           __nv_bfloat16* scaled, int rows, int rank, int ranks, int preferences) {
    const Place place = Place::of(ranks);
    if (place.row >= rows) {
        return;
    }
    const Pack<float> sum = sumOfParts(parts, number, rows, ranks, place);
    float* to = values + static_cast<size_t>(place.row) * rank + place.column;
#pragma unroll
    for (int i = 0; i < WIDTH; i++) {
        if (place.column + i < rank) {
            to[i] = sum.values[i];
        }
    }
    const RowDiagonal multipliers = {diagonal, preferenceOfRow, rank, preferences};
    multipliers.scaled(sum.values, place.row, place.column).store(scaled + static_cast<size_t>(place.row) * ranks + place.column);
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

// to (rows, rank) += Σ of parts (number, rows, ranks)
extern "C" __global__ void __launch_bounds__(THREADS)
svdlora_add_parts(const float* parts, int number, float* to, int rows, int rank, int ranks) {
    const Place place = Place::of(ranks);
    if (place.row >= rows || place.column >= rank) {
        return;
    }
    const Pack<float> sum = sumOfParts(parts, number, rows, ranks, place);
    float* at = to + static_cast<size_t>(place.row) * rank + place.column;
#pragma unroll
    for (int i = 0; i < WIDTH; i++) {
        if (place.column + i < rank) {
            at[i] += sum.values[i];
        }
    }
}
