// Kernels whose counters are known beforehand; one warp each.

extern "C" __global__ void strided_shared(float *out, int stride) {
    __shared__ float s[33 * 32];
    int t = threadIdx.x;
    for (int i = t; i < 33 * 32; i += 32) {
        s[i] = i;
    }
    __syncthreads();
    out[t] = s[stride * t];
}

extern "C" __global__ void vectors_in_shared(float4 *out) {
    __shared__ float4 s[32];
    int t = threadIdx.x;
    s[t] = make_float4(t, t, t, t);
    __syncthreads();
    out[t] = s[31 - t];
}

// Eight by eight matrices of a tile of 32 rows of 64 bf16; swizzled, a row's 16-byte pieces change places by its number.
extern "C" __global__ void matrix_rows(unsigned *out, int swizzle) {
    __shared__ uint4 tile[32 * 8];
    int t = threadIdx.x;
    for (int piece = 0; piece < 8; piece++) {
        tile[piece * 32 + t] = make_uint4(t, t, t, t);
    }
    __syncthreads();
    unsigned row = static_cast<unsigned>(__cvta_generic_to_shared(&tile[t * 8 + (swizzle ? t % 8 : 0)]));
    unsigned a, b, c, d;
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];" : "=r"(a), "=r"(b), "=r"(c), "=r"(d) : "r"(row));
    out[t] = a + b + c + d;
}

extern "C" __global__ void strided_global(float *out, const float *in, int stride) {
    out[threadIdx.x] = in[stride * threadIdx.x];
}

extern "C" __global__ void vectors_in_global(float4 *out, const float4 *in) {
    out[threadIdx.x] = in[threadIdx.x];
}

extern "C" __global__ void fused_multiply_adds(float *x, int count) {
    float value = x[threadIdx.x];
#pragma unroll 1
    for (int i = 0; i < count; i++) {
        value = fmaf(value, value, 1.0f);
    }
    x[threadIdx.x] = value;
}

extern "C" __global__ void tensor_product(float *out) {
    float c[4] = {0, 0, 0, 0};
    unsigned one = 0x3f803f80;
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %4, %4, %4}, {%4, %4}, {%0, %1, %2, %3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(one));
    out[threadIdx.x] = c[0] + c[3];
}

extern "C" __global__ void divergent(int *out) {
    int t = threadIdx.x;
    int value = 0;
    if (t < 8) {
        for (int i = 0; i < t; i++) {
            value += out[i];
        }
    }
    out[t] = value;
}
