// Asynchronous copies from global to shared memory: groups, waiting for all but some, sizes of 4, 8 and 16 bytes, zeros for what is not
// there.

__device__ __forceinline__ unsigned sharedAddress(const void* pointer) {
    return static_cast<unsigned>(__cvta_generic_to_shared(pointer));
}

__device__ __forceinline__ void copy16(void* to, const void* from) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(sharedAddress(to)), "l"(from) : "memory");
}

__device__ __forceinline__ void copy16(void* to, const void* from, int bytes) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(sharedAddress(to)), "l"(from), "r"(bytes) : "memory");
}

__device__ __forceinline__ void commit() {
    asm volatile("cp.async.commit_group;" ::: "memory");
}

template <int PENDING>
__device__ __forceinline__ void await() {
    asm volatile("cp.async.wait_group %0;" ::"n"(PENDING) : "memory");
}

// One block sums columns of (rows, 512) words, four a thread, through STAGES buffers of one row each.
template <int STAGES>
__device__ void staged(int rows, const int* __restrict__ in, int* __restrict__ out) {
    __shared__ __align__(16) int buffers[STAGES][512];
    int4 sum = make_int4(0, 0, 0, 0);
    const int column = threadIdx.x * 4;
#pragma unroll
    for (int stage = 0; stage < STAGES - 1; stage++) {
        if (stage < rows) {
            copy16(&buffers[stage][column], in + stage * 512 + column);
        }
        commit();
    }
    for (int row = 0; row < rows; row++) {
        await<STAGES - 2>();
        __syncthreads();
        // Another thread's columns: the barrier counts as much as the wait.
        const int4 value = *reinterpret_cast<const int4*>(&buffers[row % STAGES][508 - column]);
        sum = make_int4(sum.x * 3 + value.x, sum.y * 3 + value.y, sum.z * 3 + value.z, sum.w * 3 + value.w);
        const int next = row + STAGES - 1;
        if (next < rows) {
            copy16(&buffers[next % STAGES][column], in + next * 512 + column);
        }
        commit();
    }
    await<0>();
    *reinterpret_cast<int4*>(out + column) = sum;
}

extern "C" __global__ void twoStages(int rows, const int* __restrict__ in, int* __restrict__ out) {
    staged<2>(rows, in, out);
}

extern "C" __global__ void threeStages(int rows, const int* __restrict__ in, int* __restrict__ out) {
    staged<3>(rows, in, out);
}

extern "C" __global__ void fourStages(int rows, const int* __restrict__ in, int* __restrict__ out) {
    staged<4>(rows, in, out);
}

// n words where there may be none: whole packs, a part of one and the rest zeros.
extern "C" __global__ void zeroFilled(int n, const int* __restrict__ in, int* __restrict__ out) {
    __shared__ __align__(16) int buffer[256];
    const int first = threadIdx.x * 4;
    const int present = max(0, min(4, n - first));
    copy16(&buffer[first], present > 0 ? in + first : in, present * 4);
    asm volatile("cp.async.wait_all;" ::: "memory");
    __syncthreads();
    for (int i = threadIdx.x; i < 256; i += 64) {
        out[i] = buffer[255 - i];
    }
}

// Through all levels of cache: 4 and 8 bytes, some of them zeros.
extern "C" __global__ void smallPieces(const int* __restrict__ in, int* __restrict__ out) {
    __shared__ __align__(16) int buffer[256];
    const int i = threadIdx.x;
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(sharedAddress(&buffer[i])), "l"(in + i) : "memory");
    asm volatile("cp.async.ca.shared.global [%0], [%1], 8;" ::"r"(sharedAddress(&buffer[64 + 2 * i])), "l"(in + 64 + 2 * i) : "memory");
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(sharedAddress(&buffer[192 + i])), "l"(in + 192 + i),
                 "r"(i % 2 * 4) : "memory");
    commit();
    await<0>();
    __syncthreads();
    for (int k = i; k < 256; k += 64) {
        out[k] = buffer[k ^ 3];
    }
}

// Two groups; the second may still be under way when the first is used.
extern "C" __global__ void twoGroups(const int* __restrict__ in, int* __restrict__ out) {
    __shared__ __align__(16) int first[128];
    __shared__ __align__(16) int second[128];
    const int at = threadIdx.x * 4;
    copy16(&first[at], in + at);
    commit();
    copy16(&second[at], in + 128 + at);
    commit();
    await<1>();
    __syncwarp();
    const int early = first[127 - at];
    await<0>();
    __syncwarp();
    out[threadIdx.x] = early - second[124 - at];
}
