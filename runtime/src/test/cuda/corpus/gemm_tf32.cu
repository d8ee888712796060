// C = A Bᵀ in tf32: A (m, k), B (n, k), C (m, n), all float32 in rows of a stride of their own, those of A and B multiples of 4.
//
// The same plan as the 16-bit product: 128 x 128 of C a block, steps of 32 along k, three stages, 96 KiB of dynamic shared memory. A row
// of a buffer is 8 chunks of 4 floats, XORed with the row. ldmatrix moves 32-bit elements as pairs of 16 bits, which is why B is wanted
// with k along its rows.

constexpr int TILE = 128;
constexpr int STEP = 32;
constexpr int STAGES = 3;
constexpr int THREADS = 256;

struct Stage {
    uint4 a[TILE][STEP / 4];
    uint4 b[TILE][STEP / 4];
};

struct Shape {
    int m;
    int n;
    int k;
    int strideA;
    int strideB;
    int strideC;
};

__device__ __forceinline__ unsigned sharedAddress(const void* pointer) {
    return static_cast<unsigned>(__cvta_generic_to_shared(pointer));
}

// Rows `first` to `first` + 127 of a (rows, k) matrix.
__device__ __forceinline__ void fill(uint4 (&to)[TILE][STEP / 4], const float* __restrict__ from, int first, int rows, int k, int stride,
    int k0) {
#pragma unroll
    for (int i = threadIdx.x; i < TILE * STEP / 4; i += THREADS) {
        const int row = i / (STEP / 4);
        const int chunk = i % (STEP / 4);
        const int column = k0 + 4 * chunk;
        const int present = first + row < rows ? max(0, min(4, k - column)) : 0;
        const float* source = present > 0 ? from + static_cast<size_t>(first + row) * stride + column : from;
        asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(sharedAddress(&to[row][chunk ^ (row & 7)])), "l"(source),
                     "r"(4 * present) : "memory");
    }
}

__device__ __forceinline__ unsigned rounded(unsigned bits) {
    unsigned result;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(result) : "f"(__uint_as_float(bits)));
    return result;
}

// Four 8 x 4 matrices: lane l gives the address of row l % 8 of matrix l / 8.
__device__ __forceinline__ void load(unsigned (&r)[4], const uint4* from) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(sharedAddress(from)) : "memory");
#pragma unroll
    for (int i = 0; i < 4; i++) {
        r[i] = rounded(r[i]);
    }
}

__device__ __forceinline__ void accumulate(float (&c)[4][4][4], const Stage& stage, int warpRow, int warpColumn, int lane) {
#pragma unroll
    for (int kk = 0; kk < STEP; kk += 8) {
        unsigned a[4][4];
        unsigned b[2][4];
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const int row = warpRow + 16 * i + lane % 16;
            load(a[i], &stage.a[row][(kk / 4 + lane / 16) ^ (row & 7)]);
        }
#pragma unroll
        for (int j = 0; j < 2; j++) {
            const int row = warpColumn + 16 * j + lane / 16 * 8 + lane % 8;
            load(b[j], &stage.b[row][(kk / 4 + lane / 8 % 2) ^ (row & 7)]);
        }
#pragma unroll
        for (int i = 0; i < 4; i++) {
#pragma unroll
            for (int j = 0; j < 4; j++) {
                float(&d)[4] = c[i][j];
                asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9},"
                             " {%0, %1, %2, %3};"
                             : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                             : "r"(a[i][0]), "r"(a[i][1]), "r"(a[i][2]), "r"(a[i][3]), "r"(b[j / 2][j % 2 * 2]),
                             "r"(b[j / 2][j % 2 * 2 + 1]));
            }
        }
    }
}

extern "C" __global__ void __launch_bounds__(THREADS) tf32(const float* __restrict__ a, const float* __restrict__ b,
    float* __restrict__ c, const Shape s) {
    extern __shared__ __align__(128) Stage stages[];
    const int lane = threadIdx.x % 32;
    const int warp = threadIdx.x / 32;
    const int warpRow = warp / 4 * 64;
    const int warpColumn = warp % 4 * 32;
    const int steps = (s.k + STEP - 1) / STEP;
    float sums[4][4][4] = {};
    const auto fillStage = [&](int step) {
        Stage& stage = stages[step % STAGES];
        if (step < steps) {
            fill(stage.a, a, blockIdx.y * TILE, s.m, s.k, s.strideA, step * STEP);
            fill(stage.b, b, blockIdx.x * TILE, s.n, s.k, s.strideB, step * STEP);
        }
        asm volatile("cp.async.commit_group;" ::: "memory");
    };
    fillStage(0);
    fillStage(1);
    for (int step = 0; step < steps; step++) {
        asm volatile("cp.async.wait_group 1;" ::: "memory");
        __syncthreads();
        fillStage(step + STAGES - 1);
        accumulate(sums, stages[step % STAGES], warpRow, warpColumn, lane);
    }
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
