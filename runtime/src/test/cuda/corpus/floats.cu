// Floating-point operations that IEEE 754 fixes to the last bit. Row k of `out` holds result k for every thread.
#include "rows.cuh"

#define TAKE_2(op, x, y) [&] { float r; asm(op " %0, %1, %2;" : "=f"(r) : "f"(x), "f"(y)); return r; }()

extern "C" __global__ void singles(int n, const float* __restrict__ a, const float* __restrict__ b, const float* __restrict__ c,
    float* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const float x = a[i];
    const float y = b[i];
    const float z = c[i];
    Rows<float> row{out, n, i, 0};
    row(__fadd_rn(x, y));
    row(__fadd_rz(x, y));
    row(__fadd_ru(x, y));
    row(__fadd_rd(x, y));
    row(__fmul_rn(x, y));
    row(__fmul_rz(x, y));
    row(__fmul_ru(x, y));
    row(__fmul_rd(x, y));
    row(__fmaf_rn(x, y, z));
    row(__fmaf_rz(x, y, z));
    row(__fmaf_ru(x, y, z));
    row(__fmaf_rd(x, y, z));
    row(__fdiv_rn(x, y));
    row(__fdiv_rz(x, y));
    row(__fdiv_ru(x, y));
    row(__fdiv_rd(x, y));
    row(__fsqrt_rn(x));
    row(__frcp_rn(y));
    row(fminf(x, y));
    row(fmaxf(x, y));
    row(TAKE_2("min.NaN.f32", x, y));
    row(TAKE_2("max.NaN.f32", x, y));
    row(fabsf(x));
    row(-x);
    row(copysignf(x, y));
    // Whether a negative zero keeps its sign is not said: adding a positive one takes it away.
    row(__saturatef(x) + 0.0f);
    row(floorf(x));
    row(ceilf(x));
    row(truncf(x));
    row(rintf(x));
    row(x < y ? 1.0f : 0.0f);
    row(x <= y ? 1.0f : 0.0f);
    row(!(x > y) ? 1.0f : 0.0f);
    row(x == y ? 1.0f : 0.0f);
    row(x != y ? 1.0f : 0.0f);
    row(isnan(x) ? 1.0f : 0.0f);
    row(TAKE_2("add.ftz.f32", x, y));
    row(TAKE_2("mul.ftz.f32", x, y));
    row(TAKE_2("add.sat.f32", x, y) + 0.0f);
    row(fmodf(x, y));
}

extern "C" __global__ void doubles(int n, const double* __restrict__ a, const double* __restrict__ b, const double* __restrict__ c,
    double* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const double x = a[i];
    const double y = b[i];
    const double z = c[i];
    Rows<double> row{out, n, i, 0};
    row(__dadd_rn(x, y));
    row(__dmul_rn(x, y));
    row(fma(x, y, z));
    row(x / y);
    row(sqrt(fabs(x)));
    row(1.0 / y);
    row(fmin(x, y));
    row(fmax(x, y));
    row(floor(x));
    row(ceil(x));
    row(trunc(x));
    row(rint(x));
    row(copysign(x, y));
    row(static_cast<double>(static_cast<float>(x)));
    row(static_cast<double>(static_cast<long long>(x)));
    row(static_cast<double>(static_cast<int>(x)));
    row(x < y ? 1.0 : 2.0);
    row(__longlong_as_double(__double_as_longlong(x) ^ 1));
    row(__hiloint2double(__double2hiint(x), __double2loint(y)));
}

// To integers in every rounding, saturated, NaN to nothing.
extern "C" __global__ void toIntegers(int n, const float* __restrict__ a, int* __restrict__ words, long long* __restrict__ longs) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const float x = a[i];
    Rows<int> row{words, n, i, 0};
    row(__float2int_rn(x));
    row(__float2int_rz(x));
    row(__float2int_ru(x));
    row(__float2int_rd(x));
    row(__float2uint_rn(x));
    row(__float2uint_rz(x));
    row(__float2uint_ru(x));
    row(__float2uint_rd(x));
    Rows<long long> wide{longs, n, i, 0};
    wide(__float2ll_rn(x));
    wide(__float2ll_rz(x));
    wide(__float2ull_rz(x));
    wide(__double2ll_rd(static_cast<double>(x)));
}

// From integers in every rounding.
extern "C" __global__ void fromIntegers(int n, const int* __restrict__ words, const long long* __restrict__ longs,
    float* __restrict__ out, double* __restrict__ wideOut) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const int x = words[i];
    const long long y = longs[i];
    Rows<float> row{out, n, i, 0};
    row(__int2float_rn(x));
    row(__int2float_rz(x));
    row(__int2float_ru(x));
    row(__int2float_rd(x));
    row(__uint2float_rn(x));
    row(__ll2float_rn(y));
    row(__ll2float_rz(y));
    row(__ull2float_rn(y));
    Rows<double> wide{wideOut, n, i, 0};
    wide(x);
    wide(static_cast<unsigned>(x));
    wide(__ll2double_rn(y));
    wide(__ull2double_rn(y));
    wide(__ll2double_rd(y));
}
