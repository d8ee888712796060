// printf and assert in kernels that otherwise do their work: what they print goes elsewhere, what they write is checked.
#include <cassert>
#include <cstdio>

extern "C" __global__ void printed(int n, const int* __restrict__ in, int* __restrict__ out) {
    const int i = threadIdx.x;
    if (i < n) {
        out[i] = in[i] * 2;
        if (i < 2) {
            const int written = printf("corpus: thread %d of %s has %d, %.2f, %5u, 0x%08x, %lld, %c, 100%%\n", i, "printed", in[i],
                i * 0.5, 7u, 0xbeef, 1ll << 40, 'z');
            out[n + i] = written > 0;
        }
    }
}

extern "C" __global__ void asserted(int n, const int* __restrict__ in, int* __restrict__ out) {
    const int i = threadIdx.x;
    assert(i < 64);
    if (i < n) {
        assert(in[i] >= 0 && "inputs are drawn from 0 on");
        out[i] = in[i] + 1;
    }
}
