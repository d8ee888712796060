// Every atomic of 32 and 64 bits in global and in shared memory, and what is built on them: histograms, compare-and-swap loops.
#include <cuda_bf16.h>
#include <cuda_fp16.h>

extern "C" __global__ void globalHistogram(int n, const int* __restrict__ in, int bins, int* counts) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        atomicAdd(&counts[in[i] % bins], 1);
    }
}

// Counted in the block first, where 16-bit halves would overflow no sooner than 32-bit words: one word a bin.
extern "C" __global__ void sharedHistogram(int n, const int* __restrict__ in, int bins, int* counts) {
    extern __shared__ int own[];
    for (int bin = threadIdx.x; bin < bins; bin += blockDim.x) {
        own[bin] = 0;
    }
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        atomicAdd(&own[in[i] % bins], 1);
    }
    __syncthreads();
    for (int bin = threadIdx.x; bin < bins; bin += blockDim.x) {
        if (own[bin] != 0) {
            atomicAdd(&counts[bin], own[bin]);
        }
    }
}

// Weights summed by bin: any order of adding is a right one.
extern "C" __global__ void weighted(int n, const int* __restrict__ in, const float* __restrict__ weights, int bins, float* sums,
    double* wideSums) {
    extern __shared__ float ownSums[];
    for (int bin = threadIdx.x; bin < bins; bin += blockDim.x) {
        ownSums[bin] = 0.0f;
    }
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        atomicAdd(&ownSums[in[i] % bins], weights[i]);
        atomicAdd(&wideSums[in[i] % bins], static_cast<double>(weights[i]));
    }
    __syncthreads();
    for (int bin = threadIdx.x; bin < bins; bin += blockDim.x) {
        atomicAdd(&sums[bin], ownSums[bin]);
    }
}

// Commutative operations: the order of threads does not show.
extern "C" __global__ void words(const int* __restrict__ in, int* out) {
    const int value = in[blockIdx.x * blockDim.x + threadIdx.x];
    const unsigned bits = value;
    unsigned* unsignedOut = reinterpret_cast<unsigned*>(out);
    atomicAdd(&out[0], value);
    atomicSub(&out[1], value);
    atomicMin(&out[2], value);
    atomicMax(&out[3], value);
    atomicMin(&unsignedOut[4], bits);
    atomicMax(&unsignedOut[5], bits);
    atomicAnd(&out[6], value | 0xff);
    atomicOr(&out[7], value & 0x0ff0);
    atomicXor(&out[8], value);
    atomicInc(&unsignedOut[9], 6);
    atomicDec(&unsignedOut[10], 6);
    atomicAdd_block(&out[11], 1);
    atomicAdd_system(&out[12], 1);
}

extern "C" __global__ void longs(const long long* __restrict__ in, long long* out) {
    const long long value = in[blockIdx.x * blockDim.x + threadIdx.x];
    unsigned long long* bits = reinterpret_cast<unsigned long long*>(out);
    atomicAdd(&bits[0], static_cast<unsigned long long>(value));
    atomicMin(&out[1], value);
    atomicMax(&out[2], value);
    atomicMin(&bits[3], static_cast<unsigned long long>(value));
    atomicMax(&bits[4], static_cast<unsigned long long>(value));
    atomicAnd(&bits[5], static_cast<unsigned long long>(value) | 0xffffull << 20);
    atomicOr(&bits[6], static_cast<unsigned long long>(value) & 0xff00ff00ull << 16);
    atomicXor(&bits[7], static_cast<unsigned long long>(value));
}

// The same in shared memory, one block.
extern "C" __global__ void sharedWords(const int* __restrict__ in, int* __restrict__ out, long long* __restrict__ wideOut) {
    __shared__ int words[10];
    __shared__ unsigned long long wide[4];
    if (threadIdx.x == 0) {
        const int first[10] = {0, 0, 2147483647, -2147483647 - 1, -1, 0, 0, 0, 3, 0};
        for (int i = 0; i < 10; i++) {
            words[i] = first[i];
        }
        wide[0] = wide[1] = wide[3] = 0;
        wide[2] = ~0ull;
    }
    __syncthreads();
    const int value = in[threadIdx.x];
    const long long wideValue = static_cast<long long>(value) * value;
    atomicAdd(&words[0], value);
    atomicSub(&words[1], value);
    atomicMin(&words[2], value);
    atomicMax(&words[3], value);
    atomicAnd(&words[4], value | 0xf0f0);
    atomicOr(&words[5], value & 0x0ff0);
    atomicXor(&words[6], value);
    atomicInc(reinterpret_cast<unsigned*>(&words[7]), 10);
    atomicDec(reinterpret_cast<unsigned*>(&words[8]), 10);
    atomicAdd(reinterpret_cast<float*>(&words[9]), 1.0f);
    atomicAdd(&wide[0], static_cast<unsigned long long>(wideValue));
    atomicMax(&wide[1], static_cast<unsigned long long>(wideValue));
    atomicMin(&wide[2], static_cast<unsigned long long>(wideValue));
    atomicXor(&wide[3], static_cast<unsigned long long>(wideValue));
    __syncthreads();
    if (threadIdx.x < 10) {
        out[threadIdx.x] = words[threadIdx.x];
    }
    if (threadIdx.x < 4) {
        wideOut[threadIdx.x] = static_cast<long long>(wide[threadIdx.x]);
    }
}

// Every thread gets one ticket; the set of tickets is the result, sorted by marking them.
extern "C" __global__ void tickets(int* counter, unsigned long long* wideCounter, int* marks, int* wideMarks) {
    marks[atomicAdd(counter, 1)] = 1;
    wideMarks[atomicAdd(wideCounter, 2ull) / 2] = 1;
}

// A product kept by compare-and-swap of 16, 32 and 64 bits; multiplication of odd numbers commutes modulo a power of two.
extern "C" __global__ void products(const int* __restrict__ in, unsigned short* narrow, unsigned* word, unsigned long long* wide) {
    const unsigned factor = in[blockIdx.x * blockDim.x + threadIdx.x] | 1;
    unsigned short oldNarrow = *static_cast<volatile unsigned short*>(narrow);
    unsigned short seenNarrow;
    do {
        seenNarrow = oldNarrow;
        oldNarrow = atomicCAS(narrow, seenNarrow, static_cast<unsigned short>(seenNarrow * factor));
    } while (oldNarrow != seenNarrow);
    unsigned old = *static_cast<volatile unsigned*>(word);
    unsigned seen;
    do {
        seen = old;
        old = atomicCAS(word, seen, seen * factor);
    } while (old != seen);
    unsigned long long oldWide = *static_cast<volatile unsigned long long*>(wide);
    unsigned long long seenWide;
    do {
        seenWide = oldWide;
        oldWide = atomicCAS(wide, seenWide, seenWide * factor);
    } while (oldWide != seenWide);
}

// Exchanges keep what they pass on: the sum of all that was given and taken stays.
extern "C" __global__ void exchanges(const int* __restrict__ in, int* slots, int* taken) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    taken[i] = atomicExch(&slots[in[i] & 3], i + 1);
}

// Small integers in half precision: exact, so in any order.
extern "C" __global__ void halves(__half2* half2Sum, __nv_bfloat162* bfloat2Sum, __half* halfSum) {
    const float value = static_cast<float>(threadIdx.x % 3);
    atomicAdd(half2Sum, __floats2half2_rn(value, 1.0f));
    atomicAdd(bfloat2Sum, __floats2bfloat162_rn(value, 1.0f));
    atomicAdd(halfSum, __float2half(1.0f));
}
