// Kernels with one planted bug each, which the simulated GPU's checks must find; blocks of 64 threads unless said otherwise.

extern "C" __global__ void unwritten_shared(float *out) {
    __shared__ float s[64];
    int t = threadIdx.x;
    if (t < 48) {
        s[t] = t;
    }
    __syncthreads();
    out[t] = s[63 - t];
}

extern "C" __global__ void unwritten_dynamic_shared(float *out) {
    extern __shared__ float s[];
    out[threadIdx.x] = s[threadIdx.x];
}

extern "C" __global__ void unwritten_local(float *out, int count, int at) {
    float stack[16];
    for (int i = 0; i < count; i++) {
        stack[i] = i;
    }
    out[threadIdx.x] = stack[at];
}

extern "C" __global__ void unwritten_global(float *out, const float *in) {
    out[threadIdx.x] = in[threadIdx.x];
}

extern "C" __global__ void read_after_write(float *out) {
    __shared__ float s[64];
    int t = threadIdx.x;
    s[t] = t;
    out[t] = s[63 - t];
}

extern "C" __global__ void write_after_read(float *out) {
    __shared__ float s[64];
    int t = threadIdx.x;
    s[t] = t;
    __syncthreads();
    float other = s[63 - t];
    s[t] = other + 1;
    __syncthreads();
    out[t] = s[t];
}

extern "C" __global__ void write_after_write(float *out) {
    __shared__ float s[32];
    int t = threadIdx.x;
    s[t % 32] = t;
    __syncthreads();
    out[t] = s[t % 32];
}

// The classic reduction that relied on a warp's lockstep.
extern "C" __global__ void missing_warp_barrier(float *out) {
    __shared__ float s[64];
    int t = threadIdx.x;
    s[t] = t;
    __syncthreads();
    if (t < 32) {
        s[t] += s[t + 32];
        s[t] += s[t + 16];
    }
    __syncthreads();
    out[t] = s[0];
}

__device__ void copy_async(void *to, const void *from) {
    unsigned shared = static_cast<unsigned>(__cvta_generic_to_shared(to));
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(shared), "l"(from) : "memory");
}

extern "C" __global__ void copy_without_wait(float4 *out, const float4 *in) {
    __shared__ float4 s[64];
    int t = threadIdx.x;
    copy_async(&s[t], &in[t]);
    asm volatile("cp.async.commit_group;" ::: "memory");
    __syncthreads();
    out[t] = s[t];
}

extern "C" __global__ void wait_without_barrier(float4 *out, const float4 *in) {
    __shared__ float4 s[64];
    int t = threadIdx.x;
    copy_async(&s[t], &in[t]);
    asm volatile("cp.async.wait_all;" ::: "memory");
    out[t] = s[63 - t];
}

// The second stage is overwritten while others may still read the first.
extern "C" __global__ void pipeline_without_second_barrier(float4 *out, const float4 *in) {
    __shared__ float4 s[64];
    int t = threadIdx.x;
    for (int stage = 0; stage < 4; stage++) {
        copy_async(&s[t], &in[64 * stage + t]);
        asm volatile("cp.async.wait_all;" ::: "memory");
        __syncthreads();
        out[64 * stage + t] = s[63 - t];
    }
}

// In place: a block reads its neighbour's element, written or not.
extern "C" __global__ void neighbours_of_other_blocks(float *x) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    int next = (i + 1) % (gridDim.x * blockDim.x);
    float sum = x[next];
    __syncthreads();
    x[i] = sum + 1;
}

// The counter tells the last block that all are done, but nobody fenced what it is to read.
extern "C" __global__ void last_block_without_fence(float *parts, unsigned *done, float *out) {
    __shared__ bool last;
    if (threadIdx.x == 0) {
        parts[blockIdx.x] = blockIdx.x;
        last = atomicAdd(done, 1) == gridDim.x - 1;
    }
    __syncthreads();
    if (last && threadIdx.x < gridDim.x) {
        out[threadIdx.x] = parts[threadIdx.x];
    }
}
