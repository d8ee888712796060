// Named barriers: warps with different work that wait for some of the others only, and barriers that reduce.

__device__ __forceinline__ void waitAt(int barrier, int threads) {
    asm volatile("bar.sync %0, %1;" ::"r"(barrier), "r"(threads) : "memory");
}

__device__ __forceinline__ void arriveAt(int barrier, int threads) {
    asm volatile("bar.arrive %0, %1;" ::"r"(barrier), "r"(threads) : "memory");
}

// Warp 0 fills two buffers in turn, warps 1 to 3 empty them. Barriers 1 and 2: buffer is full; 3 and 4: buffer is empty.
extern "C" __global__ void produced(int tiles, const int* __restrict__ in, int* __restrict__ out) {
    __shared__ int buffers[2][96];
    const int warp = threadIdx.x / 32;
    const int lane = threadIdx.x % 32;
    if (warp == 0) {
        for (int tile = 0; tile < tiles; tile++) {
            const int buffer = tile & 1;
            if (tile >= 2) {
                waitAt(3 + buffer, 128);
            }
            for (int i = lane; i < 96; i += 32) {
                buffers[buffer][i] = in[tile * 96 + i];
            }
            arriveAt(1 + buffer, 128);
        }
    } else {
        const int consumer = threadIdx.x - 32;
        int sum = 0;
        for (int tile = 0; tile < tiles; tile++) {
            const int buffer = tile & 1;
            waitAt(1 + buffer, 128);
            sum = sum * 3 + buffers[buffer][95 - consumer];
            if (tile + 2 < tiles) {
                arriveAt(3 + buffer, 128);
            }
        }
        out[consumer] = sum;
    }
}

// Pairs of warps meet at a barrier of their own while the other pairs go on.
extern "C" __global__ void pairs(int rounds, const int* __restrict__ in, int* __restrict__ out) {
    __shared__ int values[256];
    const int pair = threadIdx.x / 64;
    const int within = threadIdx.x % 64;
    values[threadIdx.x] = in[threadIdx.x];
    // More work for later pairs: they fall behind, and nobody waits for them.
    for (int round = 0; round < rounds * (pair + 1); round++) {
        waitAt(1 + pair, 64);
        const int neighbour = values[pair * 64 + (within + 1) % 64];
        waitAt(1 + pair, 64);
        values[threadIdx.x] += neighbour;
    }
    __syncthreads();
    out[threadIdx.x] = values[255 - threadIdx.x];
}

// Barriers 1 and 2 reduce predicates of half the block each.
extern "C" __global__ void reducing(const int* __restrict__ in, int* __restrict__ out) {
    const int half = threadIdx.x / 64;
    const int odd = in[threadIdx.x] & 1;
    int count;
    int all;
    int any;
    asm volatile("{ .reg .pred p; setp.ne.s32 p, %1, 0; bar.red.popc.u32 %0, %2, 64, p; }" : "=r"(count) : "r"(odd), "r"(1 + half));
    asm volatile("{ .reg .pred p, q; setp.ne.s32 p, %1, 0; bar.red.and.pred q, %2, 64, p; selp.s32 %0, 1, 0, q; }"
                 : "=r"(all) : "r"(odd), "r"(1 + half));
    asm volatile("{ .reg .pred p, q; setp.ne.s32 p, %1, 0; bar.red.or.pred q, %2, 64, p; selp.s32 %0, 1, 0, q; }"
                 : "=r"(any) : "r"(odd), "r"(1 + half));
    out[threadIdx.x] = count * 4 + all * 2 + any;
}

// Lanes of one warp reach a barrier that need not be reached together, each side of a branch its own call of it.
extern "C" __global__ void unaligned(const int* __restrict__ in, int* __restrict__ out) {
    __shared__ int values[64];
    const int i = threadIdx.x;
    if (i & 1) {
        values[i] = in[i] * 2;
        asm volatile("barrier.sync 0;" ::: "memory");
    } else {
        values[i] = in[i] + 7;
        asm volatile("barrier.sync 0;" ::: "memory");
    }
    out[i] = values[63 - i];
}

// Warps meet in shared memory, lane by lane, with a barrier of the warp only.
extern "C" __global__ void warpOnly(const int* __restrict__ in, int* __restrict__ out) {
    __shared__ int values[128];
    const int i = threadIdx.x;
    values[i] = in[i];
    __syncwarp();
    for (int distance = 1; distance < 32; distance *= 2) {
        const int other = values[i ^ distance];
        __syncwarp();
        values[i] += other;
        __syncwarp();
    }
    out[i] = values[i];
}
