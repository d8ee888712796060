// Functions that CUDA's mathematics library bounds and does not fix. Row k of `out` holds function k for every thread.
#include "rows.cuh"

extern "C" __global__ void singles(int n, const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const float x = a[i];
    const float y = b[i];
    Rows<float> row{out, n, i, 0};
    row(sinf(x));
    row(cosf(x));
    row(tanf(y));
    row(expf(y));
    row(exp2f(y));
    row(expm1f(y));
    row(logf(fabsf(x)));
    row(log2f(fabsf(x)));
    row(log1pf(fabsf(x)));
    row(powf(fabsf(y), y));
    row(tanhf(y));
    row(rsqrtf(fabsf(x)));
    row(cbrtf(x));
    row(atanf(x));
    row(atan2f(x, y));
    row(asinf(y / 12));
    row(sinhf(y));
    row(hypotf(x, y));
}

// Exactly what -use_fast_math makes of the plain names.
extern "C" __global__ void fast(int n, const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const float x = a[i];
    const float y = b[i];
    Rows<float> row{out, n, i, 0};
    row(__sinf(x));
    row(__cosf(x));
    row(__expf(x));
    row(__logf(y));
    row(__log2f(y));
    row(__fdividef(x, y));
    row(__powf(y, x));
    float special;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(special) : "f"(x));
    row(special);
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(special) : "f"(y));
    row(special);
    asm("sqrt.approx.ftz.f32 %0, %1;" : "=f"(special) : "f"(y));
    row(special);
    asm("rsqrt.approx.ftz.f32 %0, %1;" : "=f"(special) : "f"(y));
    row(special);
    asm("tanh.approx.f32 %0, %1;" : "=f"(special) : "f"(x));
    row(special);
}

extern "C" __global__ void doubles(int n, const double* __restrict__ a, const double* __restrict__ b, double* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const double x = a[i];
    const double y = b[i];
    Rows<double> row{out, n, i, 0};
    row(sin(x));
    row(cos(x));
    row(exp(y));
    row(log(fabs(x)));
    row(pow(fabs(y), y));
    row(tanh(y));
    row(rsqrt(fabs(x)));
    row(cbrt(x));
    row(log1p(fabs(y)));
}
