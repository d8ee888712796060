// Where data lives before a kernel begins: tables in constant memory, initialised variables, pointers between them, parameters as structs.

__constant__ float coefficients[8];
__constant__ int table[16] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3};
__device__ int counters[4] = {10, 20, 30, 40};
__device__ double scale = 0.25;
__device__ short narrow[5] = {-1, 2, -3, 4, -5};
__device__ int* middle = &counters[2];
__device__ const char* word = "panacea";

// Horner's rule with coefficients that the host has set.
extern "C" __global__ void polynomial(int n, const float* __restrict__ x, float* __restrict__ y) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        float value = coefficients[7];
#pragma unroll
        for (int k = 6; k >= 0; k--) {
            value = fmaf(value, x[i], coefficients[k]);
        }
        y[i] = value;
    }
}

// Each lane reads its own place of a constant table.
extern "C" __global__ void lookedUp(const int* __restrict__ in, int* __restrict__ out) {
    const int i = threadIdx.x;
    out[i] = table[in[i] & 15] * 100 + narrow[i % 5] + word[i % 7];
}

extern "C" __global__ void variables(double* __restrict__ out) {
    if (threadIdx.x == 0) {
        out[0] = counters[0] * scale;
        *middle += 5;
        counters[3] = 44;
        out[1] = middle[0] + middle[-1];
        scale = 8.0;
    }
}

struct Job {
    const int* in;
    int* out;
    int count;
    float factor;
    double offset;
    long long steps[2];
};

extern "C" __global__ void byValue(const Job job) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < job.count) {
        job.out[i] = static_cast<int>(job.in[i] * job.factor + job.offset) + static_cast<int>(job.steps[i & 1]);
    }
}

// Indexed at run time, the parameter itself is read through an address.
extern "C" __global__ void byAddress(int* __restrict__ out, const __grid_constant__ Job job) {
    const int* words = reinterpret_cast<const int*>(&job.steps);
    out[threadIdx.x] = words[threadIdx.x & 3];
}

// All kinds of parameters in one list, small ones before large ones.
extern "C" __global__ void parameters(int a, double b, float c, long long d, int e, const int* f, double* out) {
    out[0] = a;
    out[1] = b;
    out[2] = c;
    out[3] = static_cast<double>(d);
    out[4] = e;
    out[5] = f[0];
}

// Static and dynamic shared memory side by side, the latter beyond 48 KiB when the launch says so.
extern "C" __global__ void bigShared(int words, const int* __restrict__ in, int* __restrict__ out) {
    extern __shared__ __align__(16) int dynamic[];
    __shared__ int sums[32];
    for (int i = threadIdx.x; i < words; i += blockDim.x) {
        dynamic[i] = in[i];
    }
    if (threadIdx.x < 32) {
        sums[threadIdx.x] = 0;
    }
    __syncthreads();
    for (int i = threadIdx.x; i < words; i += blockDim.x) {
        atomicAdd(&sums[i % 32], dynamic[words - 1 - i] ^ i);
    }
    __syncthreads();
    if (threadIdx.x < 32) {
        out[threadIdx.x] = sums[threadIdx.x];
    }
}
