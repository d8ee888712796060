// Which rows have a target, so that the others cost nothing: their numbers and targets one behind the other, in order, and their count,
// all of which stays on the device. What the others get: 0 where the target is -1, NaN where it lies outside the vocabulary.
//
// log_prob_active_rows: one block of 1024 threads, 1024 rows a round: two ballots deep. Floor: a launch; 4 bytes read and at most 12
// written a row. log_prob_fill: one block a row; floor: bytes of the rows without a target over the card's copy rate.

#include "../common/pack.cuh"

namespace {

constexpr int IGNORED = -1;
constexpr int THREADS = 1024;
constexpr unsigned ALL_LANES = 0xffffffffu;

__device__ __forceinline__ float ofRowWithout(int target) {
    return target == IGNORED ? 0.0f : __uint_as_float(0x7fffffffu);
}

template <typename T>
__device__ __forceinline__ void fill(const int* targets, T* to, int columns, int vocabulary) {
    const int target = targets[blockIdx.x];
    if (target >= 0 && target < vocabulary) {
        return;
    }
    T* row = to + static_cast<size_t>(blockIdx.x) * columns;
    Pack<T> pack;
#pragma unroll
    for (int i = 0; i < Pack<T>::COUNT; i++) {
        pack.values[i] = ofRowWithout(target);
    }
    if (columns % Pack<T>::COUNT == 0 && reinterpret_cast<size_t>(to) % 16 == 0) {
        for (int j = threadIdx.x * Pack<T>::COUNT; j < columns; j += blockDim.x * Pack<T>::COUNT) {
            pack.store(row + j);
        }
        return;
    }
    for (int j = threadIdx.x; j < columns; j += blockDim.x) {
        row[j] = fromFloat<T>(pack.values[0]);
    }
}

}  // namespace

// logProb, unless null, gets the rows that have no target.
extern "C" __global__ void __launch_bounds__(THREADS)
log_prob_active_rows(const int* targets, int* activeRows, int* activeTargets, int* count, float* logProb, int rows, int vocabulary) {
    __shared__ int warpCounts[THREADS / 32];
    const int lane = threadIdx.x % 32;
    const int warp = threadIdx.x / 32;
    int before = 0;
    for (int first = 0; first < rows; first += THREADS) {
        const int row = first + threadIdx.x;
        const int target = row < rows ? targets[row] : IGNORED;
        const bool active = target >= 0 && target < vocabulary;
        const unsigned mask = __ballot_sync(ALL_LANES, active);
        if (lane == 0) {
            warpCounts[warp] = __popc(mask);
        }
        __syncthreads();
        int place = before + __popc(mask & ((1u << lane) - 1));
        int total = warpCounts[lane];
        int earlier = lane < warp ? total : 0;
        for (int offset = 16; offset > 0; offset /= 2) {
            total += __shfl_xor_sync(ALL_LANES, total, offset);
            earlier += __shfl_xor_sync(ALL_LANES, earlier, offset);
        }
        place += earlier;
        if (active) {
            activeRows[place] = row;
            activeTargets[place] = target;
        } else if (row < rows && logProb != nullptr) {
            logProb[row] = ofRowWithout(target);
        }
        before += total;
        __syncthreads();
    }
    if (threadIdx.x == 0) {
        *count = before;
    }
}

extern "C" __global__ void __launch_bounds__(256)
log_prob_fill_bf16(const int* targets, __nv_bfloat16* to, int columns, int vocabulary) {
    fill(targets, to, columns, vocabulary);
}

extern "C" __global__ void __launch_bounds__(256) log_prob_fill_f32(const int* targets, float* to, int columns, int vocabulary) {
    fill(targets, to, columns, vocabulary);
}
