// Integers of 64 and 128 bits: products, quotients, shifts, carries. Row k of `out` holds result k for every thread.
#include "rows.cuh"

extern "C" __global__ void longs(int n, const long long* __restrict__ a, const long long* __restrict__ b, long long* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const long long x = a[i];
    const long long y = b[i];
    const unsigned long long u = x;
    const unsigned long long v = y;
    Rows<long long> row{out, n, i, 0};
    row(x * y);
    row(x / (y | 1));
    row(x % (y | 1));
    row(u / (v | 1));
    row(u % (v | 1));
    row(x / ((y >> 40) | 1));
    row(u % (v >> 50 | 1));
    row(x / 1000003);
    row(__mul64hi(x, y));
    row(__umul64hi(u, v));
    row(x << (y & 63));
    row(x >> (y & 63));
    row(u >> (v & 63));
    row(min(x, y));
    row(max(u, v));
    row(llabs(x));
    row(__popcll(u));
    row(__clzll(x));
    row(__ffsll(x));
    row(__brevll(u));
    row(static_cast<long long>(static_cast<int>(x)) * static_cast<int>(y));
    row(static_cast<unsigned long long>(static_cast<unsigned>(x)) * static_cast<unsigned>(y));
    row(x < y);
    row(u < v);
    row(x == y);
    row((x & y) ^ (x | ~y));
    row(static_cast<int>(x >> 32) + static_cast<int>(y));
}

extern "C" __global__ void wider(int n, const long long* __restrict__ a, const long long* __restrict__ b, long long* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    using Wide = unsigned __int128;
    const unsigned long long u = a[i];
    const unsigned long long v = b[i];
    Rows<long long> row{out, n, i, 0};
    const Wide product = static_cast<Wide>(u) * v;
    const Wide sum = product + u;
    const Wide difference = (static_cast<Wide>(v) << 64 | u) - product;
    const Wide square = product * (sum | 1);
    const __int128 negative = static_cast<__int128>(a[i]) * b[i];
    row(static_cast<long long>(product >> 64));
    row(static_cast<long long>(product));
    row(static_cast<long long>(sum >> 64));
    row(static_cast<long long>(sum));
    row(static_cast<long long>(difference >> 64));
    row(static_cast<long long>(difference));
    row(static_cast<long long>(square >> 64));
    row(static_cast<long long>(square));
    row(static_cast<long long>(negative >> 64));
    row(static_cast<long long>(negative >> (v & 63)));
    row(static_cast<long long>(product >> (v & 127)));
    row(product < difference);
}

// Four words by four words to eight, carried by the condition code.
extern "C" __global__ void carried(int n, const unsigned* __restrict__ a, const unsigned* __restrict__ b, unsigned* __restrict__ sum,
    unsigned* __restrict__ difference, unsigned* __restrict__ product) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const unsigned* x = a + 4 * i;
    const unsigned* y = b + 4 * i;
    unsigned* s = sum + 5 * i;
    asm volatile("add.cc.u32 %0, %5, %9; addc.cc.u32 %1, %6, %10; addc.cc.u32 %2, %7, %11; addc.cc.u32 %3, %8, %12; addc.u32 %4, 0, 0;"
                 : "=&r"(s[0]), "=&r"(s[1]), "=&r"(s[2]), "=&r"(s[3]), "=&r"(s[4])
                 : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]), "r"(y[2]), "r"(y[3]));
    unsigned* d = difference + 5 * i;
    asm volatile("sub.cc.u32 %0, %5, %9; subc.cc.u32 %1, %6, %10; subc.cc.u32 %2, %7, %11; subc.cc.u32 %3, %8, %12; subc.u32 %4, 0, 0;"
                 : "=&r"(d[0]), "=&r"(d[1]), "=&r"(d[2]), "=&r"(d[3]), "=&r"(d[4])
                 : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]), "r"(y[2]), "r"(y[3]));
    unsigned p[9] = {};
#pragma unroll
    for (int j = 0; j < 4; j++) {
        asm volatile("mad.lo.cc.u32 %0, %5, %6, %0; madc.lo.cc.u32 %1, %5, %7, %1; madc.lo.cc.u32 %2, %5, %8, %2;"
                     " madc.lo.cc.u32 %3, %5, %9, %3; addc.u32 %4, %4, 0;"
                     : "+&r"(p[j]), "+&r"(p[j + 1]), "+&r"(p[j + 2]), "+&r"(p[j + 3]), "+&r"(p[j + 4])
                     : "r"(x[j]), "r"(y[0]), "r"(y[1]), "r"(y[2]), "r"(y[3]));
        asm volatile("mad.hi.cc.u32 %0, %5, %6, %0; madc.hi.cc.u32 %1, %5, %7, %1; madc.hi.cc.u32 %2, %5, %8, %2;"
                     " madc.hi.cc.u32 %3, %5, %9, %3; addc.u32 %4, %4, 0;"
                     : "+&r"(p[j + 1]), "+&r"(p[j + 2]), "+&r"(p[j + 3]), "+&r"(p[j + 4]), "+&r"(p[j + 5])
                     : "r"(x[j]), "r"(y[0]), "r"(y[1]), "r"(y[2]), "r"(y[3]));
    }
    for (int k = 0; k < 8; k++) {
        product[8 * i + k] = p[k];
    }
}
