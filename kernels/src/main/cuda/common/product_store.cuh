// What becomes of the sums of a product. A warp lays its 64 x 64 sums in shared memory and takes them up again row by row, 16 bytes of
// the result a lane, so that every access to global memory is of whole sectors. Store says what is done with such a pack:
//
//     struct Store {
//         using Values = Pack<T>;
//         void operator()(int row, int column, Values& sums) const;    // all lanes of the warp call it, those beyond C too
//     };
//
// A row of 64 floats is 16 chunks of 16 bytes, twice the banks. Chunk c of row r lies at c XOR 2·(r % 4) XOR c / 8: then neither the
// fragments (4 rows by 8 columns at once), nor 4 columns a lane, nor 8, meet a bank twice.
#pragma once

#include "pack.cuh"
#include "product_loop.cuh"

struct SumStage {
    static constexpr int SIDE = ProductShape::WARP_TILE;
    static constexpr int BYTES = SIDE * SIDE * 4;

    static __device__ __forceinline__ int offset(int row, int chunk) {
        return row * SIDE * 4 + ((chunk ^ (row & 3) << 1 ^ chunk >> 3) << 4);
    }

    // memory is the warp's own; row and column say where in C its sums belong.
    template <typename Store>
    static __device__ __forceinline__ void store(const ProductSums& sums, unsigned char* memory, int row, int column, const Store& to) {
        using Values = typename Store::Values;
        constexpr int LANES = SIDE / Values::COUNT;
        constexpr int ROWS = 32 / LANES;
        const int lane = threadIdx.x % 32;
        write(sums, memory);
        __syncwarp();
        const int across = lane % LANES * Values::COUNT;
#pragma unroll 4
        for (int first = 0; first < SIDE; first += ROWS) {
            const int down = first + lane / LANES;
            Values values;
#pragma unroll
            for (int i = 0; i < Values::COUNT; i += 4) {
                const float4 four = *reinterpret_cast<const float4*>(memory + offset(down, (across + i) / 4));
                values.values[i] = four.x;
                values.values[i + 1] = four.y;
                values.values[i + 2] = four.z;
                values.values[i + 3] = four.w;
            }
            to(row + down, column + across, values);
        }
    }

private:
    static __device__ __forceinline__ void write(const ProductSums& sums, unsigned char* memory) {
        const int group = threadIdx.x % 32 / 4;
        const int member = threadIdx.x % 4;
#pragma unroll
        for (int i = 0; i < ProductSums::DOWN; i++) {
#pragma unroll
            for (int j = 0; j < ProductSums::ACROSS; j++) {
                const float(&d)[4] = sums.values[i][j];
                unsigned char* to = memory + offset(16 * i + group, 2 * j + member / 2) + member % 2 * 8;
                *reinterpret_cast<float2*>(to) = make_float2(d[0], d[1]);
                *reinterpret_cast<float2*>(to + 8 * SIDE * 4) = make_float2(d[2], d[3]);
            }
        }
    }
};

// A row-major matrix, overwritten or added to. Rows that do not begin at multiples of 16 bytes are written element by element.
template <typename T>
struct StoreMatrix {
    using Values = Pack<T>;
    T* to;
    int rows;
    int columns;
    bool add;
    bool packs;

    __device__ __forceinline__ StoreMatrix(T* to, int rows, int columns, bool add)
        : to(to), rows(rows), columns(columns), add(add),
          packs(columns % Values::COUNT == 0 && reinterpret_cast<size_t>(to) % 16 == 0) {}

    __device__ __forceinline__ void operator()(int row, int column, Values& sums) const {
        if (row >= rows || column >= columns) {
            return;
        }
        T* at = to + static_cast<size_t>(row) * columns + column;
        if (packs) {
            if (add) {
                const Values before = Values::load(at);
#pragma unroll
                for (int i = 0; i < Values::COUNT; i++) {
                    sums.values[i] += before.values[i];
                }
            }
            sums.store(at);
            return;
        }
#pragma unroll
        for (int i = 0; i < Values::COUNT; i++) {
            if (column + i < columns) {
                at[i] = fromFloat<T>(sums.values[i] + (add ? toFloat(at[i]) : 0.0f));
            }
        }
    }
};
