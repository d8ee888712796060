// The matrix instructions of a warp, for bfloat16 and float16 with float32 sums (PTX ISA, mma.m16n8k16 and ldmatrix).
//
// Fragments of D (16 x 8) += A (16 x 16) · B (16 x 8), lane = 4 · group + member:
//   A: a[0] row group, columns 2·member and + 1;  a[1] row group + 8;  a[2], a[3] the same rows, columns + 8
//   B: b[0] column group, rows 2·member and + 1;  b[1] rows + 8
//   D: d[0], d[1] row group, columns 2·member and + 1;  d[2], d[3] row group + 8
// So two neighbouring D (16 x 16 of them), narrowed in pairs, are an A: what one product leaves, the next takes, without leaving
// registers.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>

template <typename T>
struct TensorCore;

template <>
struct TensorCore<__nv_bfloat16> {
    static __device__ __forceinline__ void multiply(float (&d)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
        asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                     : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                     : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
    }

    // D = A · B: the first of a sum, without zeros to set.
    static __device__ __forceinline__ void begin(float (&d)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
        asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
                     "{%10, %10, %10, %10};"
                     : "=f"(d[0]), "=f"(d[1]), "=f"(d[2]), "=f"(d[3])
                     : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1), "f"(0.0f));
    }

    // Two floats as one register, the first in the low half; to nearest, ties to even.
    static __device__ __forceinline__ unsigned narrow(float low, float high) {
        const __nv_bfloat162 pair = __floats2bfloat162_rn(low, high);
        return *reinterpret_cast<const unsigned*>(&pair);
    }
};

template <>
struct TensorCore<__half> {
    static __device__ __forceinline__ void multiply(float (&d)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
        asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                     : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                     : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
    }

    // D = A · B: the first of a sum, without zeros to set.
    static __device__ __forceinline__ void begin(float (&d)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
        asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
                     "{%10, %10, %10, %10};"
                     : "=f"(d[0]), "=f"(d[1]), "=f"(d[2]), "=f"(d[3])
                     : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1), "f"(0.0f));
    }

    static __device__ __forceinline__ unsigned narrow(float low, float high) {
        const __half2 pair = __floats2half2_rn(low, high);
        return *reinterpret_cast<const unsigned*>(&pair);
    }
};

// Four 8 x 8 matrices from shared memory. Lane i gives the address of the 16 bytes of row i % 8 of matrix i / 8; of each matrix a lane
// gets row group, columns 2·member and + 1. Transposed, it gets rows 2·member and + 1 of column group. OFFSET is added to the address by
// the instruction itself.
template <int OFFSET = 0>
__device__ __forceinline__ void loadMatrices(unsigned (&to)[4], unsigned address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4+%5];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(address), "n"(OFFSET)
                 : "memory");
}

template <int OFFSET = 0>
__device__ __forceinline__ void loadMatricesTransposed(unsigned (&to)[4], unsigned address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4+%5];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(address), "n"(OFFSET)
                 : "memory");
}
