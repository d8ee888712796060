// Functions that stay functions: calls, recursion, addresses of functions, structs and arrays passed and returned, arrays indexed at
// run time, memory of a size known only at run time.

__device__ __noinline__ unsigned mix(unsigned a, unsigned b) {
    a ^= b * 0x9e3779b9u;
    a = (a << 13) | (a >> 19);
    return a * 5 + 0xe6546b64u;
}

extern "C" __global__ void called(int n, const unsigned* __restrict__ in, unsigned* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        unsigned value = in[i];
        for (int k = 0; k < (i & 7); k++) {
            value = mix(value, k);
        }
        out[i] = mix(value, i & 1 ? mix(i, 3) : 9);
    }
}

__device__ __noinline__ int ackermann(int m, int n) {
    if (m == 0) {
        return n + 1;
    }
    return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

__device__ __noinline__ int fibonacci(int n) {
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

// Depth differs from lane to lane.
extern "C" __global__ void recursive(int* __restrict__ out) {
    const int i = threadIdx.x;
    out[i] = fibonacci(i % 13) * 1000 + ackermann(i & 1, i % 5);
}

__device__ __noinline__ int add(int a, int b) {
    return a + b;
}

__device__ __noinline__ int subtract(int a, int b) {
    return a - b;
}

__device__ __noinline__ int multiply(int a, int b) {
    return a * b;
}

using Operation = int (*)(int, int);
__device__ Operation operations[3] = {add, subtract, multiply};

// Lanes call different functions through one call.
extern "C" __global__ void indirect(int n, const int* __restrict__ in, int* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        out[i] = operations[(in[i] & 0x7fffffff) % 3](in[i], i);
    }
}

struct Node {
    int value;
    double weight;
    float4 vector;
    char tag[3];
};

__device__ __noinline__ Node turned(Node node, int by) {
    Node result = node;
    result.value = node.value * by + node.tag[by % 3];
    result.weight = node.weight / 2 + by;
    result.vector = make_float4(node.vector.w, node.vector.x, node.vector.y, node.vector.z);
    result.tag[by % 3] = static_cast<char>(node.tag[(by + 1) % 3] + 1);
    return result;
}

extern "C" __global__ void structs(int n, int* __restrict__ values, double* __restrict__ weights, float4* __restrict__ vectors) {
    const int i = threadIdx.x;
    if (i < n) {
        Node node = {i, i * 0.5, make_float4(i, i + 1, i + 2, i + 3), {1, static_cast<char>(i), -3}};
        for (int k = 0; k < 4; k++) {
            node = turned(node, k);
        }
        values[i] = node.value;
        weights[i] = node.weight;
        vectors[i] = node.vector;
    }
}

// Insertion sort of 24 values of one thread, held in an array that only run time indexes.
extern "C" __global__ void sorted(int n, const int* __restrict__ in, int* __restrict__ out) {
    const int thread = blockIdx.x * blockDim.x + threadIdx.x;
    if (thread >= n) {
        return;
    }
    int values[24];
    for (int i = 0; i < 24; i++) {
        const int value = in[thread * 24 + i];
        int at = i;
        while (at > 0 && values[at - 1] > value) {
            values[at] = values[at - 1];
            at--;
        }
        values[at] = value;
    }
    for (int i = 0; i < 24; i++) {
        out[thread * 24 + i] = values[i];
    }
}

__device__ __noinline__ void fill(short* array, int count, int seed) {
    for (int i = 0; i < count; i++) {
        array[i] = static_cast<short>(seed + i * i);
    }
}

__device__ __noinline__ int total(const short* array, int count, int step) {
    int sum = 0;
    for (int i = 0; i < count; i += step) {
        sum += array[i];
    }
    return sum;
}

// Pointers to a thread's own memory, through the generic address space and beside shared and global memory in one function.
extern "C" __global__ void pointers(const short* __restrict__ in, int* __restrict__ out) {
    __shared__ short shared[64];
    short own[40];
    const int i = threadIdx.x;
    if (i == 0) {
        fill(shared, 64, 11);
    }
    fill(own, 40, i);
    __syncthreads();
    const short* which = i % 3 == 0 ? own : i % 3 == 1 ? shared : in;
    out[i] = total(which, 40, 1 + i % 4);
}
