// Threads that wait for each other without barriers: a lock, flags with release and acquire, messages from warp to warp and from block
// to block.

// One thread a block holds the lock at a time; the sum it guards is no atomic.
extern "C" __global__ void guarded(int rounds, int* lock, volatile int* sum) {
    if (threadIdx.x == 0) {
        for (int round = 0; round < rounds; round++) {
            while (atomicCAS(lock, 0, 1) != 0) {
            }
            __threadfence();
            *sum = *sum + static_cast<int>(blockIdx.x) + 1;
            __threadfence();
            atomicExch(lock, 0);
        }
    }
}

// Every lane of a warp takes the lock: who has it works and frees it within the same iteration, so that no lane waits for one that it
// holds back.
extern "C" __global__ void perLane(int* lock, volatile int* sum) {
    bool done = false;
    while (!done) {
        if (atomicCAS(lock, 0, 1) == 0) {
            __threadfence();
            *sum = *sum + static_cast<int>(threadIdx.x) + 1;
            __threadfence();
            atomicExch(lock, 0);
            done = true;
        }
    }
}

__device__ __forceinline__ void release(int* flag, int value) {
    asm volatile("st.release.gpu.global.s32 [%0], %1;" ::"l"(flag), "r"(value) : "memory");
}

__device__ __forceinline__ int acquire(const int* flag) {
    int value;
    asm volatile("ld.acquire.gpu.global.s32 %0, [%1];" : "=r"(value) : "l"(flag) : "memory");
    return value;
}

// Blocks in a chain: each waits for the number of the one before it and passes on one more than twice that. Blocks take their place
// from a counter, so that a block never waits for one that has not begun.
extern "C" __global__ void chain(int* counter, int* flags, int* values) {
    if (threadIdx.x == 0) {
        const int place = atomicAdd(counter, 1);
        int value = 0;
        if (place > 0) {
            while (acquire(&flags[place - 1]) == 0) {
            }
            value = values[place - 1];
        }
        values[place] = 2 * value + 1;
        release(&flags[place], 1);
    }
}

// Warp 0 writes lines, the other warps read each when its flag in shared memory says that it is there.
extern "C" __global__ void mailbox(int lines, const int* __restrict__ in, int* __restrict__ out) {
    __shared__ volatile int line[64][32];
    __shared__ volatile int flags[64];
    const int lane = threadIdx.x % 32;
    const int warp = threadIdx.x / 32;
    for (int i = threadIdx.x; i < lines; i += blockDim.x) {
        flags[i] = 0;
    }
    __syncthreads();
    if (warp == 0) {
        for (int i = 0; i < lines; i++) {
            line[i][lane] = in[i * 32 + lane] * 3;
            __threadfence_block();
            __syncwarp();
            if (lane == 0) {
                flags[i] = 1;
            }
        }
    } else {
        int sum = 0;
        for (int i = 0; i < lines; i++) {
            while (flags[i] == 0) {
                __nanosleep(20);
            }
            __threadfence_block();
            sum += line[i][lane] * (i + warp);
        }
        out[threadIdx.x - 32] = sum;
    }
}
