// An operation on each element by itself: a thread has N neighbours, the last one what is left, one after the other. Body::at<N>(i) does
// elements i to i + N - 1. Access.java makes the grid.
#pragma once

#include "pack.cuh"

constexpr int ELEMENT_THREADS = 256;

template <int N, typename Body>
__device__ __forceinline__ void forElements(long long count, const Body& body) {
    const long long first = (static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x) * N;
    if (first + N <= count) {
        body.template at<N>(first);
    } else {
        for (long long i = first; i < count; i++) {
            body.template at<1>(i);
        }
    }
}
