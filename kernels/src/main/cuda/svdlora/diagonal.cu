// d[p] = multiplier · [σ, s·λ_p], and its gradients, which are added to. The host's order of operations, so nearly always its bits.
//
// Tile: one element a thread; one block for ds. Floor: a launch; the matrices are a few hundred bytes.

#include "../common/block_sum.cuh"

extern "C" __global__ void __launch_bounds__(BlockSum::THREADS)
svdlora_diagonal(const float* singular, const float* scale, const float* lambda, float* diagonal, int k, int m, int preferences,
                 float multiplier) {
    const int id = blockIdx.x * BlockSum::THREADS + threadIdx.x;
    const int preference = id / (k + m);
    const int column = id % (k + m);
    if (preference < preferences) {
        diagonal[id] = multiplier * (column < k ? singular[column] : *scale * lambda[static_cast<size_t>(preference) * m + column - k]);
    }
}

// dSingular[j] += multiplier · Σ over preferences of dDiagonal[p][j]
extern "C" __global__ void __launch_bounds__(BlockSum::THREADS)
svdlora_singular_gradient(const float* dDiagonal, float* dSingular, int k, int m, int preferences, float multiplier) {
    const int column = blockIdx.x * BlockSum::THREADS + threadIdx.x;
    if (column >= k) {
        return;
    }
    double sum = 0;
    for (int p = 0; p < preferences; p++) {
        sum += dDiagonal[static_cast<size_t>(p) * (k + m) + column];
    }
    dSingular[column] = static_cast<float>(dSingular[column] + multiplier * sum);
}

// dScale[0] += multiplier · Σ over preferences and i of λ[p][i] · dDiagonal[p][k + i]
extern "C" __global__ void __launch_bounds__(BlockSum::THREADS)
svdlora_scale_gradient(const float* lambda, const float* dDiagonal, float* dScale, int k, int m, int preferences, float multiplier) {
    double sum = 0;
    for (int i = threadIdx.x; i < preferences * m; i += BlockSum::THREADS) {
        sum += lambda[i] * static_cast<double>(dDiagonal[static_cast<size_t>(i / m) * (k + m) + k + i % m]);
    }
    sum = BlockSum::of(sum);
    if (threadIdx.x == 0) {
        *dScale = static_cast<float>(*dScale + multiplier * sum);
    }
}
