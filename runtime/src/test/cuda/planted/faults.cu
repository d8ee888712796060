// Kernels with one planted fault each. A GPU stops with an error or hangs on each of them; the simulated GPU must name the line.
#include <cassert>

// Addresses that are not the kernel's.

extern "C" __global__ void readBeyond(const int* in, int* out) {
    out[threadIdx.x] = in[threadIdx.x + 1];
}

extern "C" __global__ void writeBeyond(int* out) {
    out[threadIdx.x * 2] = threadIdx.x;
}

extern "C" __global__ void writeBefore(int* out) {
    out[static_cast<int>(threadIdx.x) - 1] = threadIdx.x;
}

// Four words at once, of which the last lies outside.
extern "C" __global__ void vectorBeyond(const int4* in, int4* out) {
    out[threadIdx.x] = in[0];
}

extern "C" __global__ void nullRead(const int* in, int* out) {
    out[threadIdx.x] = in[threadIdx.x];
}

extern "C" __global__ void atomicBeyond(int* counters) {
    atomicAdd(&counters[threadIdx.x + 1000], 1);
}

extern "C" __global__ void freed(int* out) {
    out[threadIdx.x] = 1;
}

extern "C" __global__ void sharedBeyond(int* out, int index) {
    __shared__ int values[32];
    values[threadIdx.x] = threadIdx.x;
    __syncthreads();
    out[threadIdx.x] = values[threadIdx.x + index];
}

extern "C" __global__ void asyncBeyond(const int* in, int* out) {
    __shared__ __align__(16) int values[128];
    const unsigned to = static_cast<unsigned>(__cvta_generic_to_shared(&values[threadIdx.x * 4]));
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(to), "l"(in + 4 * threadIdx.x) : "memory");
    asm volatile("cp.async.wait_all;" ::: "memory");
    out[threadIdx.x] = values[threadIdx.x * 4];
}

// Addresses that are no multiple of what is moved.

extern "C" __global__ void misalignedLoad(const char* in, int* out) {
    out[threadIdx.x] = *reinterpret_cast<const int*>(in + 4 * threadIdx.x + 2);
}

extern "C" __global__ void misalignedVector(int* out) {
    *reinterpret_cast<int4*>(out + 4 * threadIdx.x + 2) = make_int4(1, 2, 3, 4);
}

extern "C" __global__ void misalignedShared(int* out, int offset) {
    __shared__ __align__(16) char values[256];
    for (int i = threadIdx.x; i < 256; i += 32) {
        values[i] = static_cast<char>(i);
    }
    __syncthreads();
    out[threadIdx.x] = *reinterpret_cast<int*>(values + 4 * threadIdx.x + offset);
}

// Ends that never come, and ends that come at once.

extern "C" __global__ void endless(volatile int* flag) {
    while (flag[0] == 0) {
    }
    flag[1] = 1;
}

__device__ __noinline__ int deeper(int n, volatile int* out) {
    int own[16];
    for (int i = 0; i < 16; i++) {
        own[i] = n + i + out[0];
    }
    return own[n & 15] == -1 ? 0 : deeper(n + 1, out) + own[(n + 3) & 15];
}

extern "C" __global__ void bottomless(int* out) {
    out[1 + threadIdx.x] = deeper(threadIdx.x, out);
}

// The second warp never comes.
extern "C" __global__ void abandoned(int* out) {
    if (threadIdx.x < 32) {
        asm volatile("bar.sync 1, 64;" ::: "memory");
    }
    out[threadIdx.x] = 1;
}

extern "C" __global__ void trapped(int* out) {
    out[threadIdx.x] = 1;
    __trap();
}

extern "C" __global__ void asserted(const int* in, int* out) {
    assert(in[threadIdx.x] != 7);
    out[threadIdx.x] = 1;
}
