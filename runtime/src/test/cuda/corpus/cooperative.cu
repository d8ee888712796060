// Cooperative groups: tiles of every size, groups by label and by coincidence, and a grid whose blocks wait for each other.
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cooperative_groups/scan.h>

namespace cg = cooperative_groups;

// Sums of a grid in two phases with one launch: each block leaves its sum, then block 0 adds up what all have left; then all divide.
extern "C" __global__ void gridSum(int n, const int* __restrict__ in, int* partials, int* total, int* __restrict__ out) {
    const cg::grid_group grid = cg::this_grid();
    const cg::thread_block block = cg::this_thread_block();
    __shared__ int sum;
    if (block.thread_rank() == 0) {
        sum = 0;
    }
    block.sync();
    int own = 0;
    for (int i = grid.thread_rank(); i < n; i += grid.size()) {
        own += in[i];
    }
    const auto warp = cg::tiled_partition<32>(block);
    own = cg::reduce(warp, own, cg::plus<int>());
    if (warp.thread_rank() == 0) {
        atomicAdd(&sum, own);
    }
    block.sync();
    if (block.thread_rank() == 0) {
        partials[blockIdx.x] = sum;
    }
    grid.sync();
    if (grid.thread_rank() == 0) {
        int all = 0;
        for (int b = 0; b < gridDim.x; b++) {
            all += partials[b];
        }
        *total = all;
    }
    grid.sync();
    for (int i = grid.thread_rank(); i < n; i += grid.size()) {
        out[i] = in[i] - *total;
    }
}

// Jacobi steps on a ring: every value becomes the sum of its neighbours, for all blocks at once, step after step.
extern "C" __global__ void ring(int n, int steps, int* a, int* b) {
    const cg::grid_group grid = cg::this_grid();
    int* from = a;
    int* to = b;
    for (int step = 0; step < steps; step++) {
        for (int i = grid.thread_rank(); i < n; i += grid.size()) {
            to[i] = from[(i + n - 1) % n] + from[(i + 1) % n];
        }
        grid.sync();
        int* old = from;
        from = to;
        to = old;
    }
}

template <int SIZE>
__device__ void tile(const int* __restrict__ in, int* __restrict__ out) {
    const cg::thread_block block = cg::this_thread_block();
    const auto group = cg::tiled_partition<SIZE>(block);
    const int value = in[block.thread_rank()];
    const int sum = cg::reduce(group, value, cg::plus<int>());
    const int greatest = cg::reduce(group, value, cg::greater<int>());
    const int before = cg::exclusive_scan(group, value);
    const int through = cg::inclusive_scan(group, value);
    out[block.thread_rank()] = sum ^ greatest * 3 ^ before * 5 ^ through * 7 ^ static_cast<int>(group.meta_group_rank() * 11)
        ^ static_cast<int>(group.ballot(value & 1) * 13);
}

extern "C" __global__ void tiles(int n, const int* __restrict__ in, int* __restrict__ out) {
    tile<1>(in, out);
    tile<2>(in, out + n);
    tile<4>(in, out + 2 * n);
    tile<8>(in, out + 3 * n);
    tile<16>(in, out + 4 * n);
    tile<32>(in, out + 5 * n);
}

// Lanes that happen to be on one side of a branch, and lanes of one label.
extern "C" __global__ void gathered(const int* __restrict__ in, int* __restrict__ out, int* __restrict__ labelled) {
    const int value = in[threadIdx.x];
    if (value & 1) {
        const auto active = cg::coalesced_threads();
        out[threadIdx.x] = cg::reduce(active, value, cg::plus<int>()) + 1000 * active.thread_rank() + 100000 * active.size();
    } else {
        out[threadIdx.x] = -1;
    }
    const auto warp = cg::tiled_partition<32>(cg::this_thread_block());
    const auto group = cg::labeled_partition(warp, value & 3);
    labelled[threadIdx.x] = group.shfl(value, 0) + static_cast<int>(group.size());
}
