// A matrix into a wider one: x and h side by side, U beside W0, so that one plain product takes both as one operand.
//
// Tile: 8 elements a thread, in one access where both sides are aligned; 16 registers. Floor: 2·rows·(columns + filled) bytes over the
// card's copy rate; on the simulated GPU 16 sectors a request, and what has to move moves once.

#include "../common/pack.cuh"

namespace {

constexpr int THREADS = 256;
constexpr int WIDTH = 8;

}  // namespace

// to (rows, stride) = from (rows, columns), 0 from columns to filled; what follows in a row of to stays as it is. Aligned means that all
// rows of both begin at multiples of 16 bytes and that columns and filled are multiples of 8.
extern "C" __global__ void __launch_bounds__(THREADS)
svdlora_place_bf16(const __nv_bfloat16* from, __nv_bfloat16* to, int rows, int columns, int filled, int stride, int aligned) {
    const long long id = static_cast<long long>(blockIdx.x) * THREADS + threadIdx.x;
    const int across = (filled + WIDTH - 1) / WIDTH;
    const long long row = id / across;
    const int column = static_cast<int>(id % across) * WIDTH;
    if (row >= rows) {
        return;
    }
    const __nv_bfloat16* source = from + row * columns + column;
    __nv_bfloat16* target = to + row * stride + column;
    if (aligned) {
        const uint4 zero = {0, 0, 0, 0};
        *reinterpret_cast<uint4*>(target) = column < columns ? *reinterpret_cast<const uint4*>(source) : zero;
        return;
    }
    for (int i = 0; i < WIDTH && column + i < filled; i++) {
        target[i] = column + i < columns ? source[i] : fromFloat<__nv_bfloat16>(0.0f);
    }
}
