// Integer instructions that C has no operator for. Row k of `out` holds the result of instruction k for every thread.
#include "rows.cuh"

#define TAKE_1(op, x) [&] { unsigned r; asm(op " %0, %1;" : "=r"(r) : "r"(x)); return r; }()
#define TAKE_2(op, x, y) [&] { unsigned r; asm(op " %0, %1, %2;" : "=r"(r) : "r"(x), "r"(y)); return r; }()
#define TAKE_3(op, x, y, z) [&] { unsigned r; asm(op " %0, %1, %2, %3;" : "=r"(r) : "r"(x), "r"(y), "r"(z)); return r; }()
#define LOP3(x, y, z, table) \
    [&] { unsigned r; asm("lop3.b32 %0, %1, %2, %3, " #table ";" : "=r"(r) : "r"(x), "r"(y), "r"(z)); return r; }()

extern "C" __global__ void bits(int n, const unsigned* __restrict__ a, const unsigned* __restrict__ b, const unsigned* __restrict__ c,
    unsigned* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const unsigned x = a[i];
    const unsigned y = b[i];
    const unsigned z = c[i];
    Rows<unsigned> row{out, n, i, 0};
    row(TAKE_3("prmt.b32", x, y, z));
    row(TAKE_3("prmt.b32.f4e", x, y, z));
    row(TAKE_3("prmt.b32.b4e", x, y, z));
    row(TAKE_3("prmt.b32.rc8", x, y, z));
    row(TAKE_3("prmt.b32.ecl", x, y, z));
    row(TAKE_3("prmt.b32.ecr", x, y, z));
    row(TAKE_3("prmt.b32.rc16", x, y, z));
    row(TAKE_3("shf.l.wrap.b32", x, y, z));
    row(TAKE_3("shf.l.clamp.b32", x, y, z & 63));
    row(TAKE_3("shf.r.wrap.b32", x, y, z));
    row(TAKE_3("shf.r.clamp.b32", x, y, z & 63));
    row(TAKE_2("shl.b32", x, z & 63));
    row(TAKE_2("shr.u32", x, z & 63));
    row(TAKE_2("shr.s32", x, z & 63));
    row(__popc(x));
    row(__clz(x));
    row(__ffs(x));
    row(__brev(x));
    row(TAKE_1("bfind.u32", x));
    row(TAKE_1("bfind.s32", x));
    row(TAKE_1("bfind.shiftamt.u32", x));
    row(TAKE_3("bfe.u32", x, y & 63, z & 63));
    row(TAKE_3("bfe.s32", x, y & 63, z & 63));
    unsigned inserted;
    asm("bfi.b32 %0, %1, %2, %3, %4;" : "=r"(inserted) : "r"(x), "r"(y), "r"(z & 63), "r"((z >> 8) & 63));
    row(inserted);
    row(LOP3(x, y, z, 0x96));
    row(LOP3(x, y, z, 0xe8));
    row(LOP3(x, y, z, 0xca));
    row(LOP3(x, y, z, 0x1b));
    row(x & ~y);
    row(TAKE_1("cnot.b32", x & 1));
}

extern "C" __global__ void arithmetic(int n, const unsigned* __restrict__ a, const unsigned* __restrict__ b,
    const unsigned* __restrict__ c, unsigned* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const unsigned x = a[i];
    const unsigned y = b[i];
    const unsigned z = c[i];
    const int s = x;
    const int t = y;
    Rows<unsigned> row{out, n, i, 0};
    row(TAKE_3("dp4a.s32.s32", x, y, z));
    row(TAKE_3("dp4a.u32.u32", x, y, z));
    row(TAKE_3("dp4a.u32.s32", x, y, z));
    row(TAKE_3("dp4a.s32.u32", x, y, z));
    row(TAKE_3("dp2a.lo.s32.s32", x, y, z));
    row(TAKE_3("dp2a.hi.u32.u32", x, y, z));
    row(TAKE_2("mul.hi.s32", x, y));
    row(TAKE_2("mul.hi.u32", x, y));
    row(TAKE_2("mul24.lo.s32", x, y));
    row(TAKE_2("mul24.hi.u32", x, y));
    row(TAKE_3("mad.lo.s32", x, y, z));
    row(TAKE_3("mad.hi.s32", x, y, z));
    row(TAKE_3("mad24.lo.u32", x, y, z));
    row(TAKE_3("sad.s32", x, y, z));
    row(TAKE_3("sad.u32", x, y, z));
    row(TAKE_2("add.sat.s32", x, y));
    row(TAKE_2("sub.sat.s32", x, y));
    row(TAKE_2("div.s32", x, y | 1));
    row(TAKE_2("rem.s32", x, y | 1));
    row(TAKE_2("div.u32", x, y | 1));
    row(TAKE_2("rem.u32", x, y | 1));
    row(min(s, t));
    row(max(x, y));
    row(abs(s));
    row(s / 7 + s % 1000);
    row(x / 10 + x % 641);
    row(__hadd(s, t));
    row(__rhadd(s, t));
    row(__uhadd(x, y));
    row(__urhadd(x, y));
    row(__vadd4(x, y));
    row(__vabsdiffu4(x, y));
    row(__vmaxs2(x, y));
    row(__vcmpgtu4(x, y));
}

// Signs, widths and saturation of conversions, through registers wider than the type.
extern "C" __global__ void widths(int n, const unsigned* __restrict__ a, unsigned* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    const unsigned x = a[i];
    Rows<unsigned> row{out, n, i, 0};
    row(static_cast<int>(static_cast<signed char>(x)));
    row(static_cast<unsigned char>(x));
    row(static_cast<int>(static_cast<short>(x)));
    row(static_cast<unsigned short>(x));
    row(TAKE_1("cvt.sat.s8.s32", x));
    row(TAKE_1("cvt.sat.u8.s32", x));
    row(TAKE_1("cvt.sat.s16.s32", x));
    row(TAKE_1("cvt.sat.u16.s32", x));
    row(TAKE_1("cvt.sat.u8.u32", x));
    row(TAKE_1("cvt.sat.s32.u32", x));
    row(TAKE_1("cvt.sat.u32.s32", x));
    const short narrow = static_cast<short>(x);
    const short other = static_cast<short>(x >> 16);
    row(static_cast<unsigned short>(narrow * other));
    row(narrow / (other | 1));
    row(static_cast<unsigned short>(static_cast<unsigned short>(narrow) >> (other & 15)));
    row(static_cast<unsigned short>(min(narrow, other)));
    row(narrow < other ? 1 : 2);
}
