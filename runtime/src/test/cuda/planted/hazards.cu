// Kernels that may work by luck: no hardware stops them. Blocks of 64 threads.

extern "C" __global__ void missingBarrier(int* out) {
    __shared__ int values[64];
    values[threadIdx.x] = threadIdx.x;
    out[threadIdx.x] = values[63 - threadIdx.x];
}

extern "C" __global__ void missingSecondBarrier(const int* in, int* out) {
    __shared__ int values[64];
    for (int round = 0; round < 3; round++) {
        values[threadIdx.x] = in[threadIdx.x] + round;
        __syncthreads();
        out[threadIdx.x] = values[63 - threadIdx.x];
    }
}

extern "C" __global__ void divergentBarrier(int* out) {
    if (threadIdx.x % 32 < 16) {
        __syncthreads();
    }
    out[threadIdx.x] = 1;
}

extern "C" __global__ void uninitialisedShared(int* out) {
    __shared__ int values[64];
    if (threadIdx.x < 63) {
        values[threadIdx.x] = threadIdx.x;
    }
    __syncthreads();
    out[threadIdx.x] = values[63 - threadIdx.x];
}

extern "C" __global__ void asyncWithoutWait(const int* in, int* out) {
    __shared__ __align__(16) int values[256];
    const unsigned to = static_cast<unsigned>(__cvta_generic_to_shared(&values[threadIdx.x * 4]));
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(to), "l"(in + 4 * threadIdx.x) : "memory");
    asm volatile("cp.async.commit_group;" ::: "memory");
    __syncthreads();
    out[threadIdx.x] = values[255 - threadIdx.x];
    asm volatile("cp.async.wait_all;" ::: "memory");
}

// Waits for its own copies and not for those of others.
extern "C" __global__ void asyncWithoutBarrier(const int* in, int* out) {
    __shared__ __align__(16) int values[256];
    const unsigned to = static_cast<unsigned>(__cvta_generic_to_shared(&values[threadIdx.x * 4]));
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(to), "l"(in + 4 * threadIdx.x) : "memory");
    asm volatile("cp.async.wait_all;" ::: "memory");
    out[threadIdx.x] = values[255 - threadIdx.x];
}

extern "C" __global__ void plainGlobalRace(int* out) {
    out[threadIdx.x / 32] = threadIdx.x;
}
