// Half and bfloat16 arithmetic, single and packed, and conversions. Row k of `out` holds result k for every thread.
#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "rows.cuh"

extern "C" __global__ void halves(int n, const __half2* __restrict__ a, const __half2* __restrict__ b, const __half2* __restrict__ c,
    __half2* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const __half2 x = a[i];
    const __half2 y = b[i];
    const __half2 z = c[i];
    Rows<__half2> row{out, n, i, 0};
    row(__hadd2_rn(x, y));
    row(__hsub2_rn(x, y));
    row(__hmul2_rn(x, y));
    row(__hfma2(x, y, z));
    row(__hmax2(x, y));
    row(__hmin2(x, y));
    row(__hneg2(x));
    row(__habs2(x));
    row(__hgt2(x, y));
    row(__hfma2_relu(x, y, z));
    row(__hadd2_sat(x, y));
    row(__halves2half2(__hadd_rn(x.x, y.x), __hmul_rn(x.y, y.y)));
    row(__halves2half2(__hfma(x.x, y.x, z.x), __hsub_rn(x.y, y.y)));
    row(__halves2half2(__hlt(x.x, y.x) ? x.x : y.x, __hdiv(x.y, y.y)));
    row(__lowhigh2highlow(x));
    row(__halves2half2(hfloor(x.x), hceil(x.y)));
    row(__halves2half2(htrunc(x.x), hrint(x.y)));
}

extern "C" __global__ void brains(int n, const __nv_bfloat162* __restrict__ a, const __nv_bfloat162* __restrict__ b,
    const __nv_bfloat162* __restrict__ c, __nv_bfloat162* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const __nv_bfloat162 x = a[i];
    const __nv_bfloat162 y = b[i];
    const __nv_bfloat162 z = c[i];
    Rows<__nv_bfloat162> row{out, n, i, 0};
    row(__hadd2_rn(x, y));
    row(__hsub2_rn(x, y));
    row(__hmul2_rn(x, y));
    row(__hfma2(x, y, z));
    row(__hmax2(x, y));
    row(__hmin2(x, y));
    row(__hneg2(x));
    row(__habs2(x));
    row(__hgt2(x, y));
    row(__hfma2_relu(x, y, z));
    row(__halves2bfloat162(__hadd_rn(x.x, y.x), __hmul_rn(x.y, y.y)));
    row(__halves2bfloat162(__hfma(x.x, y.x, z.x), __hsub_rn(x.y, y.y)));
}

// From float32 and back, in the roundings that there are; pairs by one instruction.
extern "C" __global__ void fromFloats(int n, const float* __restrict__ in, unsigned short* __restrict__ out, unsigned* __restrict__ pairs,
    unsigned* __restrict__ tf32) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const float x = in[i];
    const float next = in[(i + 1) % n];
    Rows<unsigned short> row{out, n, i, 0};
    row(__half_as_ushort(__float2half_rn(x)));
    row(__half_as_ushort(__float2half_rz(x)));
    row(__half_as_ushort(__float2half_ru(x)));
    row(__half_as_ushort(__float2half_rd(x)));
    row(__bfloat16_as_ushort(__float2bfloat16_rn(x)));
    row(__bfloat16_as_ushort(__float2bfloat16_rz(x)));
    const __half2 half2 = __floats2half2_rn(x, next);
    const __nv_bfloat162 bfloat2 = __floats2bfloat162_rn(x, next);
    pairs[i] = *reinterpret_cast<const unsigned*>(&half2);
    pairs[n + i] = *reinterpret_cast<const unsigned*>(&bfloat2);
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(tf32[i]) : "f"(x));
}

// All 65536 patterns of each type, and what they are as integers.
extern "C" __global__ void toFloats(float* __restrict__ halves, float* __restrict__ brains, int* __restrict__ integers) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    const __half half = __ushort_as_half(static_cast<unsigned short>(i));
    halves[i] = __half2float(half);
    brains[i] = __bfloat162float(__ushort_as_bfloat16(static_cast<unsigned short>(i)));
    integers[i] = __half2int_rz(half);
    integers[65536 + i] = __half2int_rn(half);
}

// Functions in half precision: computed in float32 and rounded.
extern "C" __global__ void functions(int n, const __half2* __restrict__ in, __half2* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const __half2 x = in[i];
    Rows<__half2> row{out, n, i, 0};
    row(h2exp(x));
    row(h2log(x));
    row(h2sqrt(x));
    row(h2rsqrt(x));
    row(h2rcp(x));
    row(h2exp2(x));
}
