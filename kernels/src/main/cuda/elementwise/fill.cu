// Fills memory with a pattern of 8 bytes that repeats the bits of one element.
//
// Tile: the 16 bytes of one aligned address a thread, one store; at either end, where the array begins or stops within them, byte by byte.
// So an array that begins anywhere is filled as fast as an aligned one. Floor: its bytes over the rate at which the card writes; the
// simulator counts 16 sectors a request, the least for 512 bytes, and no byte more.

#include "../common/elements.cuh"

extern "C" __global__ void __launch_bounds__(ELEMENT_THREADS) fill(unsigned char* y, long long bytes, unsigned long long pattern) {
    constexpr int WIDTH = 16;
    const int lead = static_cast<int>(reinterpret_cast<unsigned long long>(y) % WIDTH);
    const long long from = (static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x) * WIDTH - lead;
    if (from >= 0 && from + WIDTH <= bytes) {
        *reinterpret_cast<ulonglong2*>(y + from) = make_ulonglong2(pattern, pattern);
    } else {
        const long long end = min(from + WIDTH, bytes);
        for (long long i = max(from, 0LL); i < end; i++) {
            y[i] = static_cast<unsigned char>(pattern >> (i + lead) % 8 * 8);
        }
    }
}
