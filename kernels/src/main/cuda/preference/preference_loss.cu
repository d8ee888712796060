// DPO losses of m dimensions on shared pairs, and their gradient: with Δ = logRatio[2p] - logRatio[2p + 1] and z = β·label·Δ the loss is
// -log sigmoid(z), and a dimension pulls at Δ with -β·label·sigmoid(-z).
//
// A thread a judgement forward and a thread a pair backward, in float32; a label that is not -1, 0 or 1 gives NaN. There are a few
// hundred numbers a batch, so the floor is that of a launch.

namespace {

__device__ __forceinline__ float margin(const float* logRatio, int pair) {
    const float* gains = logRatio + 2LL * pair;
    return gains[0] - gains[1];
}

__device__ __forceinline__ bool judges(float label) {
    return label != 0.0f;
}

// β·label, which is NaN for what is no label.
__device__ __forceinline__ float slope(float beta, float label) {
    return fabsf(label) == 1.0f ? beta * label : __int_as_float(0x7fffffff);
}

// log(1 + e^z); the exponential never grows, so that nothing overflows and no logarithm meets 0.
__device__ __forceinline__ float softplus(float z) {
    return fmaxf(z, 0.0f) + log1pf(expf(-fabsf(z)));
}

}  // namespace

extern "C" __global__ void __launch_bounds__(256)
preference_loss_forward(const float* logRatio, const float* label, float* loss, int judgements, int dimensions, float beta) {
    const int at = blockIdx.x * blockDim.x + threadIdx.x;
    if (at < judgements) {
        const float side = label[at];
        const float z = slope(beta, side) * margin(logRatio, at / dimensions);
        // fmaxf drops a NaN, but the logarithm beside it keeps it
        loss[at] = judges(side) ? softplus(-z) : 0.0f;
    }
}

// The dimensions are added in their order.
extern "C" __global__ void __launch_bounds__(256)
preference_loss_backward(const float* logRatio, const float* label, const float* dLoss, float* dLogRatio, int pairs, int dimensions,
                         float beta) {
    const int pair = blockIdx.x * blockDim.x + threadIdx.x;
    if (pair < pairs) {
        const float delta = margin(logRatio, pair);
        float sum = 0.0f;
        for (int i = 0; i < dimensions; i++) {
            const long long at = static_cast<long long>(pair) * dimensions + i;
            if (judges(label[at])) {
                const float pull = slope(beta, label[at]);
                sum -= dLoss[at] * pull / (1.0f + expf(pull * delta));
            }
        }
        dLogRatio[2LL * pair] = sum;
        dLogRatio[2LL * pair + 1] = -sum;
    }
}
