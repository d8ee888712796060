// Losses of demonstrations by preference dimension: -logProb in a sequence's own dimension, 0 elsewhere, and the gradient back.
//
// A thread a number. A dimension that is not there gives NaN and is never used as an index. There are a few hundred numbers a batch, so
// the floor is that of a launch.

namespace {

__device__ __forceinline__ bool exists(int dimension, int dimensions) {
    return dimension >= 0 && dimension < dimensions;
}

__device__ __forceinline__ float nan() {
    return __int_as_float(0x7fffffff);
}

}  // namespace

extern "C" __global__ void __launch_bounds__(256)
likelihood_loss_forward(const float* logProb, const int* dimension, float* loss, int count, int dimensions) {
    const int at = blockIdx.x * blockDim.x + threadIdx.x;
    if (at < count) {
        const int sequence = at / dimensions;
        const int own = dimension[sequence];
        const float elsewhere = exists(own, dimensions) ? 0.0f : nan();
        loss[at] = own == at - sequence * dimensions ? -logProb[sequence] : elsewhere;
    }
}

extern "C" __global__ void __launch_bounds__(256)
likelihood_loss_backward(const int* dimension, const float* dLoss, float* dLogProb, int sequences, int dimensions) {
    const int sequence = blockIdx.x * blockDim.x + threadIdx.x;
    if (sequence < sequences) {
        const int own = dimension[sequence];
        dLogProb[sequence] = exists(own, dimensions) ? -dLoss[static_cast<long long>(sequence) * dimensions + own] : nan();
    }
}
