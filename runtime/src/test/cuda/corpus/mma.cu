// One mma.sync of every shape and type that sm_80 has for 8-, 16- and 32-bit operands. A warp multiplies A (16 rows) by B, which lies
// transposed (8 rows), and adds C (16 x 8). In words of 32 bits, fragments of all types lie alike: word t of row g, then 8 rows down,
// then 4 words on, for lane 4 g + t.

struct Lane {
    int group;
    int within;
    int product;

    __device__ Lane() : group(threadIdx.x % 32 / 4), within(threadIdx.x % 4), product(blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32) { }
};

// Words of a fragment of A, rows of WORDS words.
template <int WORDS>
struct FragmentA {
    unsigned r[WORDS / 2];

    __device__ FragmentA(const unsigned* a, const Lane& lane) {
#pragma unroll
        for (int j = 0; j < WORDS / 2; j++) {
            r[j] = a[lane.product * 16 * WORDS + (lane.group + 8 * (j & 1)) * WORDS + lane.within + 4 * (j / 2)];
        }
    }
};

template <int WORDS>
struct FragmentB {
    unsigned r[WORDS / 4];

    __device__ FragmentB(const unsigned* b, const Lane& lane) {
#pragma unroll
        for (int j = 0; j < WORDS / 4; j++) {
            r[j] = b[lane.product * 8 * WORDS + lane.group * WORDS + lane.within + 4 * j];
        }
    }
};

// Four 32-bit sums a lane.
template <typename T>
struct Sums {
    T r[4];

    __device__ static int place(const Lane& lane, int j) {
        return lane.product * 128 + (lane.group + 8 * (j / 2)) * 8 + lane.within * 2 + j % 2;
    }

    __device__ Sums(const T* c, const Lane& lane) {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            r[j] = c[place(lane, j)];
        }
    }

    __device__ void store(T* d, const Lane& lane) const {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            d[place(lane, j)] = r[j];
        }
    }
};

#define MMA_LONG(shape, constraint, a, b, c)                                                                                              \
    asm volatile("mma.sync.aligned." shape " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"                             \
                 : "+" constraint(c.r[0]), "+" constraint(c.r[1]), "+" constraint(c.r[2]), "+" constraint(c.r[3])                         \
                 : "r"(a.r[0]), "r"(a.r[1]), "r"(a.r[2]), "r"(a.r[3]), "r"(b.r[0]), "r"(b.r[1]))

#define MMA_SHORT(shape, constraint, a, b, c)                                                                                             \
    asm volatile("mma.sync.aligned." shape " {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"                                         \
                 : "+" constraint(c.r[0]), "+" constraint(c.r[1]), "+" constraint(c.r[2]), "+" constraint(c.r[3])                         \
                 : "r"(a.r[0]), "r"(a.r[1]), "r"(b.r[0]))

#define MMA_KERNEL(name, T, words, form, shape, constraint)                                                                               \
    extern "C" __global__ void name(const unsigned* __restrict__ a, const unsigned* __restrict__ b, const T* __restrict__ c,              \
        T* __restrict__ d) {                                                                                                              \
        const Lane lane;                                                                                                                  \
        const FragmentA<words> left(a, lane);                                                                                             \
        const FragmentB<words> right(b, lane);                                                                                            \
        Sums<T> sums(c, lane);                                                                                                            \
        form(shape, constraint, left, right, sums);                                                                                       \
        sums.store(d, lane);                                                                                                              \
    }

MMA_KERNEL(bf16k16, float, 8, MMA_LONG, "m16n8k16.row.col.f32.bf16.bf16.f32", "f")
MMA_KERNEL(bf16k8, float, 4, MMA_SHORT, "m16n8k8.row.col.f32.bf16.bf16.f32", "f")
MMA_KERNEL(f16k16, float, 8, MMA_LONG, "m16n8k16.row.col.f32.f16.f16.f32", "f")
MMA_KERNEL(f16k8, float, 4, MMA_SHORT, "m16n8k8.row.col.f32.f16.f16.f32", "f")
MMA_KERNEL(tf32k8, float, 8, MMA_LONG, "m16n8k8.row.col.f32.tf32.tf32.f32", "f")
MMA_KERNEL(tf32k4, float, 4, MMA_SHORT, "m16n8k4.row.col.f32.tf32.tf32.f32", "f")
MMA_KERNEL(s8k32, int, 8, MMA_LONG, "m16n8k32.row.col.s32.s8.s8.s32", "r")
MMA_KERNEL(s8k16, int, 4, MMA_SHORT, "m16n8k16.row.col.s32.s8.s8.s32", "r")
MMA_KERNEL(u8k32, int, 8, MMA_LONG, "m16n8k32.row.col.s32.u8.u8.s32", "r")
MMA_KERNEL(u8s8k32saturated, int, 8, MMA_LONG, "m16n8k32.row.col.satfinite.s32.u8.s8.s32", "r")

// Sums in half precision: two packed words a lane.
extern "C" __global__ void f16k16half(const unsigned* __restrict__ a, const unsigned* __restrict__ b, const unsigned* __restrict__ c,
    unsigned* __restrict__ d) {
    const Lane lane;
    const FragmentA<8> left(a, lane);
    const FragmentB<8> right(b, lane);
    const int place = lane.product * 64 + lane.group * 4 + lane.within;
    unsigned low = c[place];
    unsigned high = c[place + 32];
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16 {%0, %1}, {%2, %3, %4, %5}, {%6, %7}, {%0, %1};"
                 : "+r"(low), "+r"(high)
                 : "r"(left.r[0]), "r"(left.r[1]), "r"(left.r[2]), "r"(left.r[3]), "r"(right.r[0]), "r"(right.r[1]));
    d[place] = low;
    d[place + 32] = high;
}

// A whole product of bytes, one warp for 16 x 8 of the result, without shared memory. B lies transposed: (n, k).
extern "C" __global__ void bytes(int n, int k, const signed char* __restrict__ a, const signed char* __restrict__ b, int* __restrict__ c) {
    const int lane = threadIdx.x % 32;
    const int row = blockIdx.y * 16 + lane / 4;
    const int column = (blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32) * 8;
    const int words = k / 4;
    const int* left = reinterpret_cast<const int*>(a) + row * words + lane % 4;
    const int* right = reinterpret_cast<const int*>(b) + (column + lane / 4) * words + lane % 4;
    int sums[4] = {};
    for (int at = 0; at < words; at += 8) {
        asm volatile("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                     : "+r"(sums[0]), "+r"(sums[1]), "+r"(sums[2]), "+r"(sums[3])
                     : "r"(left[at]), "r"(left[at + 8 * words]), "r"(left[at + 4]), "r"(left[at + 8 * words + 4]), "r"(right[at]),
                     "r"(right[at + 4]));
    }
    int* out = c + row * n + column + lane % 4 * 2;
    *reinterpret_cast<int2*>(out) = make_int2(sums[0], sums[1]);
    *reinterpret_cast<int2*>(out + 8 * n) = make_int2(sums[2], sums[3]);
}

// What ldmatrix gives each lane: one, two and four matrices of 8 x 8, straight and transposed; and movmatrix of the first.
// `in` is (32, 8) of 16 bits, rows in any order: lane i gives the address of row order[i].
extern "C" __global__ void matrices(const int4* __restrict__ in, const int* __restrict__ order, unsigned* __restrict__ out) {
    __shared__ __align__(16) int4 rows[32];
    const int lane = threadIdx.x;
    rows[lane] = in[lane];
    __syncwarp();
    const unsigned address = static_cast<unsigned>(__cvta_generic_to_shared(&rows[order[lane]]));
    unsigned r[15];
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%0}, [%1];" : "=r"(r[0]) : "r"(address));
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];" : "=r"(r[1]), "=r"(r[2]) : "r"(address));
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[3]), "=r"(r[4]), "=r"(r[5]), "=r"(r[6]) : "r"(address));
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16 {%0}, [%1];" : "=r"(r[7]) : "r"(address));
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];" : "=r"(r[8]), "=r"(r[9]) : "r"(address));
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[10]), "=r"(r[11]), "=r"(r[12]), "=r"(r[13]) : "r"(address));
    asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : "=r"(r[14]) : "r"(r[0]));
#pragma unroll
    for (int k = 0; k < 15; k++) {
        out[k * 32 + lane] = r[k];
    }
}
