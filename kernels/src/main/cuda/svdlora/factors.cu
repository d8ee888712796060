// U and V as the passes and products take them: ranks, a multiple of 16, of which those from rank on are 0, in rows that begin at
// multiples of 16 bytes; as they are stored, or transposed.
//
// Tile: 8 elements a thread; transposed, 64 lines by 16 ranks a block, through shared memory without a bank conflict.
// Floor: 2·lines·(rank + ranks) bytes over the card's copy rate.

#include "../common/pack.cuh"

namespace {

constexpr int THREADS = 128;
constexpr int WIDTH = 8;
constexpr int LINES = 64;
constexpr int PAGE = 16;

}  // namespace

// to (lines, ranks) = from (lines, rank), times diagonal [rank] unless it is null
extern "C" __global__ void __launch_bounds__(THREADS)
svdlora_pad_bf16(const __nv_bfloat16* from, const float* diagonal, __nv_bfloat16* to, int lines, int rank, int ranks) {
    const long long id = static_cast<long long>(blockIdx.x) * THREADS + threadIdx.x;
    const int across = ranks / WIDTH;
    const long long line = id / across;
    const int column = static_cast<int>(id % across) * WIDTH;
    if (line >= lines) {
        return;
    }
    Pack<__nv_bfloat16> pack;
#pragma unroll
    for (int i = 0; i < WIDTH; i++) {
        const int j = column + i;
        pack.values[i] = j < rank ? toFloat(from[line * rank + j]) * (diagonal == nullptr ? 1.0f : diagonal[j]) : 0.0f;
    }
    pack.store(to + line * ranks + column);
}

// to (ranks, stride) = fromᵀ, from (lines, rank), 0 beyond it. Grid: lines by 64, ranks by 16.
extern "C" __global__ void __launch_bounds__(THREADS)
svdlora_transpose_bf16(const __nv_bfloat16* from, __nv_bfloat16* to, int lines, int rank, int ranks, int stride) {
    // odd in words, so that neither 16 ranks of two lines nor 4 ranks of 64 lines meet a bank twice
    __shared__ __nv_bfloat16 tile[PAGE][LINES + 2];
    const int first = blockIdx.x * LINES;
    const int page = blockIdx.y * PAGE;
    const int column = threadIdx.x % PAGE;
#pragma unroll
    for (int i = 0; i < LINES; i += THREADS / PAGE) {
        const int line = threadIdx.x / PAGE + i;
        const bool inside = first + line < lines && page + column < rank;
        tile[column][line] = inside ? from[static_cast<size_t>(first + line) * rank + page + column] : fromFloat<__nv_bfloat16>(0.0f);
    }
    __syncthreads();
    const int row = threadIdx.x / WIDTH;
    const int across = threadIdx.x % WIDTH * WIDTH;
    __nv_bfloat16* at = to + static_cast<size_t>(page + row) * stride + first + across;
    const unsigned* words = reinterpret_cast<const unsigned*>(&tile[row][across]);
    if (stride % WIDTH == 0) {
        if (first + across < stride) {
            *reinterpret_cast<uint4*>(at) = make_uint4(words[0], words[1], words[2], words[3]);
        }
        return;
    }
    for (int i = 0; i < WIDTH && first + across + i < stride; i++) {
        at[i] = tile[row][across + i];
    }
}
