// Sums over a block and over a grid: a tree in shared memory, shuffles, redux, and what the block's barriers count.

// One sum a block, in the order of the tree: float addition is not associative, so the order is part of the result.
extern "C" __global__ void treeSum(int n, const float* __restrict__ in, float* __restrict__ out) {
    extern __shared__ float sums[];
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    sums[threadIdx.x] = i < n ? in[i] : 0.0f;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        if (threadIdx.x < half) {
            sums[threadIdx.x] += sums[threadIdx.x + half];
        }
        __syncthreads();
    }
    if (threadIdx.x == 0) {
        out[blockIdx.x] = sums[0];
    }
}

__device__ __forceinline__ float warpSum(float value) {
#pragma unroll
    for (int distance = 16; distance > 0; distance /= 2) {
        value += __shfl_xor_sync(0xffffffff, value, distance);
    }
    return value;
}

// One sum a block: lanes by shuffles, warps by shared memory. Needs whole warps.
extern "C" __global__ void shuffleSum(int n, const float* __restrict__ in, float* __restrict__ out) {
    __shared__ float sums[32];
    const int lane = threadIdx.x % 32;
    const int warp = threadIdx.x / 32;
    float value = 0.0f;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        value += in[i];
    }
    value = warpSum(value);
    if (lane == 0) {
        sums[warp] = value;
    }
    __syncthreads();
    if (warp == 0) {
        value = warpSum(lane < blockDim.x / 32 ? sums[lane] : 0.0f);
        if (lane == 0) {
            out[blockIdx.x] = value;
        }
    }
}

// Every whole-warp redux of 32-bit words: eight results a warp.
extern "C" __global__ void redux(const int* __restrict__ in, int* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    const int value = in[i];
    const int warp = i / 32;
    const int results[8] = {__reduce_add_sync(~0u, value), __reduce_min_sync(~0u, value), __reduce_max_sync(~0u, value),
        static_cast<int>(__reduce_min_sync(~0u, static_cast<unsigned>(value))),
        static_cast<int>(__reduce_max_sync(~0u, static_cast<unsigned>(value))),
        static_cast<int>(__reduce_and_sync(~0u, static_cast<unsigned>(value))),
        static_cast<int>(__reduce_or_sync(~0u, static_cast<unsigned>(value))),
        static_cast<int>(__reduce_xor_sync(~0u, static_cast<unsigned>(value)))};
    const int lane = threadIdx.x % 32;
#pragma unroll
    for (int k = 0; k < 8; k++) {
        if (lane == k) {
            out[warp * 8 + k] = results[k];
        }
    }
}

// Sums of each half of a warp's lanes, the even and the odd ones, by redux under a mask that some lanes are not in.
extern "C" __global__ void maskedRedux(const int* __restrict__ in, int* __restrict__ out) {
    const int value = in[threadIdx.x];
    const unsigned mask = threadIdx.x & 1 ? 0xaaaaaaaau : 0x55555555u;
    if (threadIdx.x & 1) {
        out[threadIdx.x] = __reduce_add_sync(mask, value);
    } else {
        out[threadIdx.x] = __reduce_max_sync(mask, value);
    }
}

// What the block's barriers count: threads above a limit, whether all are, whether any is.
extern "C" __global__ void counted(int limit, const int* __restrict__ in, int* __restrict__ out) {
    const bool above = in[blockIdx.x * blockDim.x + threadIdx.x] > limit;
    const int count = __syncthreads_count(above);
    const int all = __syncthreads_and(above);
    const int any = __syncthreads_or(above);
    if (threadIdx.x == blockDim.x - 1) {
        out[blockIdx.x * 3] = count;
        out[blockIdx.x * 3 + 1] = all != 0;
        out[blockIdx.x * 3 + 2] = any != 0;
    }
}

// The greatest value and the first place where it stands, one block, any number of threads from 1 to 1024.
extern "C" __global__ void argMax(int n, const int* __restrict__ in, int* __restrict__ out) {
    __shared__ int values[1024];
    __shared__ int indices[1024];
    int best = -2147483647 - 1;
    int place = 2147483647;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        if (in[i] > best || place == 2147483647) {
            best = in[i];
            place = i;
        }
    }
    values[threadIdx.x] = best;
    indices[threadIdx.x] = place;
    __syncthreads();
    if (threadIdx.x == 0) {
        for (int t = 1; t < blockDim.x; t++) {
            if (values[t] > best || (values[t] == best && indices[t] < place)) {
                best = values[t];
                place = indices[t];
            }
        }
        out[0] = best;
        out[1] = place;
    }
}

// The last block to arrive adds up what all left: one launch, no order of blocks assumed. `arrived` is 0 before and after.
__device__ unsigned arrived = 0;

extern "C" __global__ void lastBlockSum(int n, const int* __restrict__ in, volatile int* partials, int* __restrict__ out) {
    __shared__ int sum;
    __shared__ bool last;
    if (threadIdx.x == 0) {
        sum = 0;
    }
    __syncthreads();
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    atomicAdd(&sum, i < n ? in[i] : 0);
    __syncthreads();
    if (threadIdx.x == 0) {
        partials[blockIdx.x] = sum;
        __threadfence();
        last = atomicInc(&arrived, gridDim.x - 1) == gridDim.x - 1;
    }
    __syncthreads();
    if (last && threadIdx.x == 0) {
        int total = 0;
        for (int block = 0; block < gridDim.x; block++) {
            total += partials[block];
        }
        *out = total;
    }
}
