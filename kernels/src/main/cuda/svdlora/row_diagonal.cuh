// The multipliers d of every row: a row of diagonal (preferences, rank) chosen by the row's preference. One that is not there gives NaN.
#pragma once

#include "../common/pack.cuh"

struct RowDiagonal {
    const float* diagonal;
    // null when there is one preference
    const int* preferenceOfRow;
    int rank;
    int preferences;

    __device__ __forceinline__ int preference(int row) const {
        return preferenceOfRow == nullptr ? 0 : preferenceOfRow[row];
    }

    // values ⊙ d of a row, from rank column on; 0 beyond the last.
    template <int N>
    __device__ __forceinline__ Pack<__nv_bfloat16, N> scaled(const float (&values)[N], int row, int column) const {
        const int preference = this->preference(row);
        const bool present = static_cast<unsigned>(preference) < static_cast<unsigned>(preferences);
        Pack<__nv_bfloat16, N> pack;
#pragma unroll
        for (int i = 0; i < N; i++) {
            const size_t at = static_cast<size_t>(preference) * rank + column + i;
            pack.values[i] = column + i >= rank ? 0.0f : values[i] * (present ? diagonal[at] : __int_as_float(0x7fffffff));
        }
        return pack;
    }
};
