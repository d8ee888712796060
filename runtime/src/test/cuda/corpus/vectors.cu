// Loads and stores of 2 and 4 elements of every size, cache hints, and bytes that lie anywhere.

extern "C" __global__ void widths(const uchar4* __restrict__ bytes, const short4* __restrict__ shorts, const int2* __restrict__ pairs,
    const uint4* __restrict__ quads, const longlong2* __restrict__ longs, const double2* __restrict__ doubles,
    uchar4* __restrict__ outBytes, short4* __restrict__ outShorts, int2* __restrict__ outPairs, uint4* __restrict__ outQuads,
    longlong2* __restrict__ outLongs, double2* __restrict__ outDoubles) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    const uchar4 b = bytes[i];
    outBytes[i] = make_uchar4(b.w, b.z + 1, b.y, b.x ^ 0x80);
    const short4 s = shorts[i];
    outShorts[i] = make_short4(s.y, s.x, static_cast<short>(s.w * 2), static_cast<short>(-s.z));
    const int2 p = pairs[i];
    outPairs[i] = make_int2(p.y - p.x, p.x);
    const uint4 q = quads[i];
    outQuads[i] = make_uint4(q.w, q.x, q.y >> 1, q.z);
    const longlong2 l = longs[i];
    outLongs[i] = make_longlong2(l.y, l.x * 3);
    const double2 d = doubles[i];
    outDoubles[i] = make_double2(d.y * 2, -d.x);
}

// Every cache hint of loads and stores; hints change nothing.
extern "C" __global__ void hints(const int* __restrict__ in, int* __restrict__ out) {
    const int i = threadIdx.x;
    __stcg(out + i, __ldca(in + i) + 1);
    __stcs(out + 64 + i, __ldcg(in + 64 + i) + 2);
    __stwt(out + 128 + i, __ldcs(in + 128 + i) + 3);
    __stwb(out + 192 + i, __ldcv(in + 192 + i) + 4);
    out[256 + i] = __ldg(in + 256 + i) + __ldlu(in + i);
    int a;
    int b;
    asm volatile("ld.global.nc.L1::no_allocate.L2::128B.v2.s32 {%0, %1}, [%2];" : "=r"(a), "=r"(b) : "l"(in + 2 * i));
    asm volatile("st.global.L1::no_allocate.v2.s32 [%0], {%1, %2};" ::"l"(out + 320 + 2 * i), "r"(b), "r"(a) : "memory");
    asm volatile("prefetch.global.L2 [%0];" ::"l"(in));
}

// A copy of `count` bytes from and to any address: bytes to the first 16-byte boundary of the target, 16 at once as far as both sides
// allow, bytes for the rest.
extern "C" __global__ void bytes(int count, int fromOffset, int toOffset, const unsigned char* from, unsigned char* to) {
    const unsigned char* source = from + fromOffset;
    unsigned char* target = to + toOffset;
    const int head = min(count, static_cast<int>(-reinterpret_cast<unsigned long long>(target) & 15));
    const bool together = (reinterpret_cast<unsigned long long>(source + head) & 15) == 0;
    const int packs = together ? (count - head) / 16 : 0;
    for (int i = threadIdx.x; i < packs; i += blockDim.x) {
        reinterpret_cast<int4*>(target + head)[i] = reinterpret_cast<const int4*>(source + head)[i];
    }
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
        if (i < head || i >= head + 16 * packs) {
            target[i] = source[i];
        }
    }
}

struct __align__(16) Record {
    double weight;
    int key;
    short tag;
    signed char small;
    bool flag;
};

extern "C" __global__ void records(int n, const Record* __restrict__ in, Record* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        Record record = in[i];
        record.weight *= record.flag ? 2.0 : 0.5;
        record.key += record.small;
        record.tag = static_cast<short>(record.tag >> 1);
        record.small = static_cast<signed char>(-record.small);
        record.flag = !record.flag;
        out[n - 1 - i] = record;
    }
}
