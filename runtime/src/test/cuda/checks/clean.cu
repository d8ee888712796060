// Kernels without fault, which no check of the simulated GPU may accuse; blocks of 64 threads, 4 of them where there are many.
#include <cooperative_groups.h>

extern "C" __global__ void tree_reduction(float *out, const float *in) {
    __shared__ float s[64];
    int t = threadIdx.x;
    s[t] = in[blockIdx.x * 64 + t];
    __syncthreads();
    for (int half = 32; half > 0; half /= 2) {
        if (t < half) {
            s[t] += s[t + half];
        }
        __syncthreads();
    }
    if (t == 0) {
        out[blockIdx.x] = s[0];
    }
}

extern "C" __global__ void warp_reduction_in_shared(float *out, const float *in) {
    __shared__ float s[64];
    int t = threadIdx.x;
    s[t] = in[t];
    __syncwarp();
    int lane = t % 32;
    for (int half = 16; half > 0; half /= 2) {
        float sum = s[t] + (lane < half ? s[t + half] : 0);
        __syncwarp();
        s[t] = sum;
        __syncwarp();
    }
    out[t] = s[t / 32 * 32];
}

extern "C" __global__ void shuffle_reduction(float *out, const float *in) {
    __shared__ float sums[2];
    int t = threadIdx.x;
    float sum = in[t];
    for (int offset = 16; offset > 0; offset /= 2) {
        sum += __shfl_xor_sync(0xffffffff, sum, offset);
    }
    if (t % 32 == 0) {
        sums[t / 32] = sum;
    }
    __syncthreads();
    out[t] = sums[0] + sums[1];
}

__device__ void copy_async(void *to, const void *from) {
    unsigned shared = static_cast<unsigned>(__cvta_generic_to_shared(to));
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(shared), "l"(from) : "memory");
}

extern "C" __global__ void pipeline(float4 *out, const float4 *in, int stages) {
    __shared__ float4 s[2][64];
    int t = threadIdx.x;
    copy_async(&s[0][t], &in[t]);
    asm volatile("cp.async.commit_group;" ::: "memory");
    for (int stage = 0; stage < stages; stage++) {
        if (stage + 1 < stages) {
            copy_async(&s[(stage + 1) % 2][t], &in[64 * (stage + 1) + t]);
        }
        asm volatile("cp.async.commit_group;" ::: "memory");
        asm volatile("cp.async.wait_group 1;" ::: "memory");
        __syncthreads();
        out[64 * stage + t] = s[stage % 2][63 - t];
        __syncthreads();
    }
}

extern "C" __global__ void histogram(unsigned *counts, const unsigned char *in) {
    __shared__ unsigned s[16];
    int t = threadIdx.x;
    if (t < 16) {
        s[t] = 0;
    }
    __syncthreads();
    atomicAdd(&s[in[blockIdx.x * 64 + t] % 16], 1u);
    __syncthreads();
    if (t < 16) {
        atomicAdd(&counts[t], s[t]);
    }
}

extern "C" __global__ void grid_reduction(float *parts, float *out, const float *in) {
    int t = threadIdx.x;
    atomicAdd(&parts[blockIdx.x], in[blockIdx.x * 64 + t]);
    cooperative_groups::this_grid().sync();
    float sum = 0;
    for (int block = 0; block < gridDim.x; block++) {
        sum += parts[block];
    }
    out[blockIdx.x * 64 + t] = sum;
    cooperative_groups::this_grid().sync();
    if (t == 0) {
        parts[(blockIdx.x + 1) % gridDim.x] = sum;
    }
}

extern "C" __global__ void last_block_reduction(float *parts, unsigned *done, float *out, const float *in) {
    __shared__ bool last;
    int t = threadIdx.x;
    if (t == 0) {
        float sum = 0;
        for (int i = 0; i < 64; i++) {
            sum += in[blockIdx.x * 64 + i];
        }
        parts[blockIdx.x] = sum;
        __threadfence();
        last = atomicAdd(done, 1) == gridDim.x - 1;
    }
    __syncthreads();
    if (last && t < gridDim.x) {
        __threadfence();
        out[t] = parts[t];
    }
}

// One warp fills, the other uses; barriers 1 and 2 say full and empty.
extern "C" __global__ void producer_and_consumer(float *out, const float *in, int turns) {
    __shared__ float s[32];
    int lane = threadIdx.x % 32;
    for (int turn = 0; turn < turns; turn++) {
        if (threadIdx.x < 32) {
            if (turn > 0) {
                asm volatile("bar.sync 2, 64;" ::: "memory");
            }
            s[lane] = in[32 * turn + lane];
            asm volatile("bar.arrive 1, 64;" ::: "memory");
        } else {
            asm volatile("bar.sync 1, 64;" ::: "memory");
            out[32 * turn + lane] = s[31 - lane];
            if (turn + 1 < turns) {
                asm volatile("bar.arrive 2, 64;" ::: "memory");
            }
        }
    }
}

// Neighbours in a word, and tables that all read.
extern "C" __global__ void bytes_side_by_side(unsigned char *out, const unsigned char *table) {
    __shared__ unsigned char s[64];
    int t = threadIdx.x;
    s[t] = table[t / 8];
    out[blockIdx.x * 64 + t] = s[t] + table[blockIdx.x];
}

extern "C" __global__ void spin_lock(int *lock, int *sum) {
    if (threadIdx.x == 0) {
        while (atomicCAS(lock, 0, 1) != 0) {
        }
        __threadfence();
        *sum += 1;
        __threadfence();
        atomicExch(lock, 0);
    }
}

// As on any GPU since sm_70, a barrier waits for those that have not exited.
extern "C" __global__ void early_return(float *out, int n) {
    __shared__ float s[64];
    int t = threadIdx.x;
    if (t >= n) {
        return;
    }
    s[t] = t;
    __syncthreads();
    out[t] = s[n - 1 - t];
}

__device__ float atomic_product(float *at, float factor) {
    int *bits = reinterpret_cast<int *>(at);
    int old = *bits;
    int assumed;
    do {
        assumed = old;
        old = atomicCAS(bits, assumed, __float_as_int(factor * __int_as_float(assumed)));
    } while (assumed != old);
    return __int_as_float(old);
}

extern "C" __global__ void compare_and_swap(float *product) {
    atomic_product(product, 1 + threadIdx.x % 2);
}

__device__ __noinline__ float4 doubled(float4 x) {
    return make_float4(2 * x.x, 2 * x.y, 2 * x.z, 2 * x.w);
}

extern "C" __global__ void called_function(float4 *out, const float4 *in) {
    out[threadIdx.x] = doubled(in[threadIdx.x]);
}
