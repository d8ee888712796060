// C = A B in tensor cores, A (m, k) and B (k, n) of 16 bits, C of float32, all in rows of a stride of their own.
//
// A block of 8 warps owns 128 x 128 of C and walks along k in steps of 32 through three buffers that cp.async fills two steps ahead; a
// warp owns 64 x 32. Rows of a buffer are 16-byte chunks whose place is XORed with bits of the row, so that the eight rows that
// ldmatrix reads at once lie in different banks. Copies that reach beyond an edge bring zeros, so any m, n and k will do; the strides of
// A and B are multiples of 8.
#include <cuda_bf16.h>
#include <cuda_fp16.h>

constexpr int TILE = 128;
constexpr int STEP = 32;
constexpr int STAGES = 3;
constexpr int THREADS = 256;

struct Stage {
    // chunks of 8 elements
    uint4 a[TILE][STEP / 8];
    uint4 b[STEP][TILE / 8];
};

__device__ __forceinline__ int swizzledA(int row, int chunk) {
    return chunk ^ (row / 2 & 3);
}

__device__ __forceinline__ int swizzledB(int row, int chunk) {
    return chunk ^ (row & 7);
}

__device__ __forceinline__ unsigned sharedAddress(const void* pointer) {
    return static_cast<unsigned>(__cvta_generic_to_shared(pointer));
}

// `present` elements from `from` on, zeros for the rest of eight.
__device__ __forceinline__ void copyChunk(uint4* to, const void* from, int present) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(sharedAddress(to)), "l"(from), "r"(2 * present) : "memory");
}

struct Shape {
    int m;
    int n;
    int k;
    int strideA;
    int strideB;
    int strideC;
};

template <typename T>
__device__ __forceinline__ void fill(Stage& stage, const T* __restrict__ a, const T* __restrict__ b, const Shape& s, int k0) {
#pragma unroll
    for (int i = threadIdx.x; i < TILE * STEP / 8; i += THREADS) {
        const int row = i / (STEP / 8);
        const int chunk = i % (STEP / 8);
        const int globalRow = blockIdx.y * TILE + row;
        const int column = k0 + 8 * chunk;
        const int present = globalRow < s.m ? max(0, min(8, s.k - column)) : 0;
        const T* from = present > 0 ? a + static_cast<size_t>(globalRow) * s.strideA + column : a;
        copyChunk(&stage.a[row][swizzledA(row, chunk)], from, present);
    }
#pragma unroll
    for (int i = threadIdx.x; i < TILE * STEP / 8; i += THREADS) {
        const int row = i / (TILE / 8);
        const int chunk = i % (TILE / 8);
        const int column = blockIdx.x * TILE + 8 * chunk;
        const int present = k0 + row < s.k ? max(0, min(8, s.n - column)) : 0;
        const T* from = present > 0 ? b + static_cast<size_t>(k0 + row) * s.strideB + column : b;
        copyChunk(&stage.b[row][swizzledB(row, chunk)], from, present);
    }
}

__device__ __forceinline__ void load(unsigned (&r)[4], const uint4* from) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(sharedAddress(from)) : "memory");
}

__device__ __forceinline__ void loadTransposed(unsigned (&r)[4], const uint4* from) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(sharedAddress(from)) : "memory");
}

template <typename T>
__device__ __forceinline__ void multiply(float (&c)[4], const unsigned (&a)[4], unsigned b0, unsigned b1);

template <>
__device__ __forceinline__ void multiply<__nv_bfloat16>(float (&c)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

template <>
__device__ __forceinline__ void multiply<__half>(float (&c)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// Sums of the warp's 4 x 4 tiles of 16 x 8.
template <typename T>
__device__ __forceinline__ void accumulate(float (&c)[4][4][4], const Stage& stage, int warpRow, int warpColumn, int lane) {
#pragma unroll
    for (int kk = 0; kk < STEP; kk += 16) {
        unsigned a[4][4];
        unsigned b[2][4];
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const int row = warpRow + 16 * i + lane % 16;
            load(a[i], &stage.a[row][swizzledA(row, kk / 8 + lane / 16)]);
        }
#pragma unroll
        for (int j = 0; j < 2; j++) {
            const int row = kk + lane % 16;
            loadTransposed(b[j], &stage.b[row][swizzledB(row, warpColumn / 8 + 2 * j + lane / 16)]);
        }
#pragma unroll
        for (int i = 0; i < 4; i++) {
#pragma unroll
            for (int j = 0; j < 4; j++) {
                multiply<T>(c[i][j], a[i], b[j / 2][j % 2 * 2], b[j / 2][j % 2 * 2 + 1]);
            }
        }
    }
}

template <typename T>
__device__ __forceinline__ void product(const T* __restrict__ a, const T* __restrict__ b, float* __restrict__ c, const Shape& s) {
    __shared__ __align__(128) Stage stages[STAGES];
    const int lane = threadIdx.x % 32;
    const int warp = threadIdx.x / 32;
    const int warpRow = warp / 4 * 64;
    const int warpColumn = warp % 4 * 32;
    const int steps = (s.k + STEP - 1) / STEP;
    float sums[4][4][4] = {};
#pragma unroll
    for (int stage = 0; stage < STAGES - 1; stage++) {
        if (stage < steps) {
            fill(stages[stage], a, b, s, stage * STEP);
        }
        asm volatile("cp.async.commit_group;" ::: "memory");
    }
    int current = 0;
    for (int step = 0; step < steps; step++) {
        asm volatile("cp.async.wait_group %0;" ::"n"(STAGES - 2) : "memory");
        __syncthreads();
        const int next = current == 0 ? STAGES - 1 : current - 1;
        if (step + STAGES - 1 < steps) {
            fill(stages[next], a, b, s, (step + STAGES - 1) * STEP);
        }
        asm volatile("cp.async.commit_group;" ::: "memory");
        accumulate<T>(sums, stages[current], warpRow, warpColumn, lane);
        current = current == STAGES - 1 ? 0 : current + 1;
    }
    asm volatile("cp.async.wait_all;" ::: "memory");
#pragma unroll
    for (int i = 0; i < 4; i++) {
#pragma unroll
        for (int j = 0; j < 4; j++) {
#pragma unroll
            for (int e = 0; e < 4; e++) {
                const int row = blockIdx.y * TILE + warpRow + 16 * i + lane / 4 + e / 2 * 8;
                const int column = blockIdx.x * TILE + warpColumn + 8 * j + lane % 4 * 2 + e % 2;
                if (row < s.m && column < s.n) {
                    c[static_cast<size_t>(row) * s.strideC + column] = sums[i][j][e];
                }
            }
        }
    }
}

extern "C" __global__ void __launch_bounds__(THREADS) bf16(const __nv_bfloat16* __restrict__ a, const __nv_bfloat16* __restrict__ b,
    float* __restrict__ c, const Shape shape) {
    product(a, b, c, shape);
}

extern "C" __global__ void __launch_bounds__(THREADS) f16(const __half* __restrict__ a, const __half* __restrict__ b,
    float* __restrict__ c, const Shape shape) {
    product(a, b, c, shape);
}
