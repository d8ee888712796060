// Prefix sums: Hillis and Steele's, Blelloch's, of a warp, of a grid in one pass by looking back.

// Inclusive, one block, n <= 1024 = threads, two buffers that take turns.
extern "C" __global__ void hillisSteele(int n, const int* __restrict__ in, int* __restrict__ out) {
    __shared__ int sums[2][1024];
    const int i = threadIdx.x;
    int from = 0;
    sums[0][i] = i < n ? in[i] : 0;
    __syncthreads();
    for (int distance = 1; distance < blockDim.x; distance *= 2) {
        sums[1 - from][i] = sums[from][i] + (i >= distance ? sums[from][i - distance] : 0);
        from = 1 - from;
        __syncthreads();
    }
    if (i < n) {
        out[i] = sums[from][i];
    }
}

// Exclusive, one block, two elements a thread, up the tree and down again.
extern "C" __global__ void blelloch(int n, const int* __restrict__ in, int* __restrict__ out) {
    extern __shared__ int tree[];
    const int t = threadIdx.x;
    const int size = 2 * blockDim.x;
    tree[2 * t] = 2 * t < n ? in[2 * t] : 0;
    tree[2 * t + 1] = 2 * t + 1 < n ? in[2 * t + 1] : 0;
    int offset = 1;
    for (int d = size / 2; d > 0; d /= 2) {
        __syncthreads();
        if (t < d) {
            tree[offset * (2 * t + 2) - 1] += tree[offset * (2 * t + 1) - 1];
        }
        offset *= 2;
    }
    if (t == 0) {
        tree[size - 1] = 0;
    }
    for (int d = 1; d < size; d *= 2) {
        offset /= 2;
        __syncthreads();
        if (t < d) {
            const int left = offset * (2 * t + 1) - 1;
            const int right = offset * (2 * t + 2) - 1;
            const int old = tree[left];
            tree[left] = tree[right];
            tree[right] += old;
        }
    }
    __syncthreads();
    if (2 * t < n) {
        out[2 * t] = tree[2 * t];
    }
    if (2 * t + 1 < n) {
        out[2 * t + 1] = tree[2 * t + 1];
    }
}

__device__ __forceinline__ int warpScan(int value, int lane) {
#pragma unroll
    for (int distance = 1; distance < 32; distance *= 2) {
        const int before = __shfl_up_sync(0xffffffff, value, distance);
        value += lane >= distance ? before : 0;
    }
    return value;
}

// Inclusive within each warp.
extern "C" __global__ void warps(const int* __restrict__ in, int* __restrict__ out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = warpScan(in[i], threadIdx.x % 32);
}

// Inclusive scan of 256 values by the block; every thread also gets the block's sum.
__device__ int blockScan(int value, int* total) {
    __shared__ int sums[8];
    const int lane = threadIdx.x % 32;
    const int warp = threadIdx.x / 32;
    const int scanned = warpScan(value, lane);
    if (lane == 31) {
        sums[warp] = scanned;
    }
    __syncthreads();
    int before = 0;
    int all = 0;
    for (int w = 0; w < 8; w++) {
        before += w < warp ? sums[w] : 0;
        all += sums[w];
    }
    *total = all;
    return before + scanned;
}

// Inclusive over the grid of 256-thread blocks in one pass. A block takes its turn from a counter, so that every block it waits for
// has begun; states hold a flag (1: sum of the block alone, 2: sum of all up to it) above 32 bits of value. All are 0 before.
extern "C" __global__ void lookBack(int n, const int* __restrict__ in, int* __restrict__ out, unsigned* counter,
    volatile unsigned long long* states) {
    __shared__ unsigned turn;
    __shared__ int preceding;
    if (threadIdx.x == 0) {
        turn = atomicAdd(counter, 1);
    }
    __syncthreads();
    const int i = turn * 256 + threadIdx.x;
    int total;
    const int scanned = blockScan(i < n ? in[i] : 0, &total);
    if (threadIdx.x == 0) {
        const unsigned long long own = static_cast<unsigned>(total);
        states[turn] = (turn == 0 ? 2ull : 1ull) << 32 | own;
        __threadfence();
        int sum = 0;
        for (int before = static_cast<int>(turn) - 1; before >= 0; before--) {
            unsigned long long state;
            do {
                state = states[before];
            } while (state >> 32 == 0);
            sum += static_cast<int>(state);
            if (state >> 32 == 2) {
                break;
            }
        }
        if (turn > 0) {
            states[turn] = 2ull << 32 | static_cast<unsigned>(sum + total);
        }
        preceding = sum;
    }
    __syncthreads();
    if (i < n) {
        out[i] = preceding + scanned;
    }
}
