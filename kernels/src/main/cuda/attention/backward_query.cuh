// What the backward of attention does before and after its main kernel, in the scratch memory that it lays out: a block for each key
// tile's positions, taken as queries, and each query head.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "backward_shape.cuh"
#include "../common/tensor_core.cuh"
#include "../common/unrolled.cuh"

__device__ __forceinline__ float2 widened(const __nv_bfloat16*, unsigned word) {
    return make_float2(__uint_as_float(word << 16), __uint_as_float(word & 0xffff0000u));
}

__device__ __forceinline__ float2 widened(const __half*, unsigned word) {
    return __half22float2(*reinterpret_cast<const __half2*>(&word));
}

// The sum of the products of 8 elements.
template <typename T>
__device__ __forceinline__ float product(const T* a, const T* b) {
    const uint4 left = *reinterpret_cast<const uint4*>(a);
    const uint4 right = *reinterpret_cast<const uint4*>(b);
    const unsigned lefts[4] = {left.x, left.y, left.z, left.w};
    const unsigned rights[4] = {right.x, right.y, right.z, right.w};
    float sum = 0.0f;
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const float2 x = widened(a, lefts[i]);
        const float2 y = widened(b, rights[i]);
        sum = fmaf(x.y, y.y, fmaf(x.x, y.x, sum));
    }
    return sum;
}

template <typename T>
struct PrepareArguments {
    const T* output;
    const T* dOutput;
    const float* logSumExp;
    const int* tiles;
    float* statistics;
    float* querySums;
    int* turns;   // may be null, and ticket with it
    int* ticket;
    int queryHeads;
    int columns;
};

// D of every query, with LSE as the main kernel wants them; queries beyond the end get what makes their P and dS 0. Clears the sums and
// turns. A row belongs to as many lanes as it has chunks of 16 bytes. Floor: the bytes of O, dO and the sums over the card's copy rate.
template <typename T, int DIM>
__device__ __forceinline__ void prepareBackward(const PrepareArguments<T>& a) {
    using Shape = BackwardShape<DIM>;
    constexpr int LANES = DIM <= 32 ? 4 : DIM <= 64 ? 8 : DIM <= 128 ? 16 : 32;
    const int number = blockIdx.x / a.queryHeads;
    const int head = blockIdx.x % a.queryHeads;
    const int firstToken = a.tiles[3 * number];
    const int first = a.tiles[3 * number + 2];
    const int rows = a.tiles[3 * number + 1] - first;
    const int column = threadIdx.x % LANES * 8;
#pragma unroll 4
    for (int row = threadIdx.x / LANES; row < Shape::KEYS; row += Shape::THREADS / LANES) {
        const size_t at = static_cast<size_t>(firstToken + first + row) * a.queryHeads + head;
        float sum = 0.0f;
        if (row < rows && column < a.columns) {
            sum = product(a.output + at * a.columns + column, a.dOutput + at * a.columns + column);
        }
#pragma unroll
        for (int offset = LANES / 2; offset > 0; offset /= 2) {
            sum += __shfl_xor_sync(0xffffffffu, sum, offset, LANES);
        }
        if (column == 0) {
            const size_t tile = static_cast<size_t>(number * Shape::PARTS + row / Shape::QUERIES) * a.queryHeads + head;
            float* to = a.statistics + tile * (2 * Shape::QUERIES) + row % Shape::QUERIES;
            to[0] = row < rows ? a.logSumExp[at] * -1.44269504f : -__int_as_float(0x7f800000);
            to[Shape::QUERIES] = -sum;
        }
    }
#pragma unroll
    for (int part = 0; part < Shape::PARTS; part++) {
        const size_t tile = static_cast<size_t>(number * Shape::PARTS + part) * a.queryHeads + head;
        float4* sums = reinterpret_cast<float4*>(a.querySums + tile * QuerySums<DIM>::COUNT);
#pragma unroll
        for (int i = 0; i < QuerySums<DIM>::COUNT / 4; i += Shape::THREADS) {
            sums[i + threadIdx.x] = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        }
        if (a.turns != nullptr && threadIdx.x < Shape::WARPS) {
            a.turns[tile * Shape::WARPS + threadIdx.x] = 0;
        }
    }
    if (a.ticket != nullptr && blockIdx.x == 0 && threadIdx.x == 0) {
        *a.ticket = 0;
    }
}

template <typename T>
struct FinishArguments {
    const float* querySums;
    const int* tiles;
    T* dQuery;
    int queryHeads;
    int columns;
    float scale;
};

// Sums, times the scale, become dQ. Of a row's fragments side by side, four lanes each take one: 16 bytes of even columns and 16 of odd
// ones, which become 16 bytes of dQ. Floor: the bytes of the sums and dQ.
template <typename T, int DIM>
__device__ __forceinline__ void finishBackward(const FinishArguments<T>& a) {
    using Shape = BackwardShape<DIM>;
    using Grid = typename QuerySums<DIM>::Grid;
    const int number = blockIdx.x / a.queryHeads;
    const int head = blockIdx.x % a.queryHeads;
    const int firstToken = a.tiles[3 * number];
    const int length = a.tiles[3 * number + 1];
    const int group = threadIdx.x % 32 / 4;
    const int member = threadIdx.x % 4;
    for (int part = 0; part < Shape::PARTS; part++) {
        const size_t tile = static_cast<size_t>(number * Shape::PARTS + part) * a.queryHeads + head;
        const float* sums = a.querySums + tile * QuerySums<DIM>::COUNT + QuerySums<DIM>::ofWarp() + group * 4;
        const int first = a.tiles[3 * number + 2] + part * Shape::QUERIES + group;
#pragma unroll
        for (int b = 0; b < Grid::ROW_BLOCKS; b++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int position = first + 16 * (b * Grid::ROW_WARPS + Grid::row()) + 8 * half;
                T* to = a.dQuery + (static_cast<size_t>(firstToken + position) * a.queryHeads + head) * a.columns;
#pragma unroll
                for (int t = 0; t < 2 * Grid::COLUMN_BLOCKS; t += 4) {
                    const int fragment = t + member;
                    const int column = 16 * (fragment / 2 * Grid::COLUMN_WARPS + Grid::column()) + fragment % 2 * 8;
                    if (fragment < 2 * Grid::COLUMN_BLOCKS && position < length && column < a.columns) {
                        const float* from = sums + QuerySums<DIM>::at(b, fragment, 2 * half);
                        const float4 even = *reinterpret_cast<const float4*>(from);
                        const float4 odd = *reinterpret_cast<const float4*>(from + 32);
                        uint4 bits;
                        bits.x = TensorCore<T>::narrow(even.x * a.scale, odd.x * a.scale);
                        bits.y = TensorCore<T>::narrow(even.y * a.scale, odd.y * a.scale);
                        bits.z = TensorCore<T>::narrow(even.z * a.scale, odd.z * a.scale);
                        bits.w = TensorCore<T>::narrow(even.w * a.scale, odd.w * a.scale);
                        *reinterpret_cast<uint4*>(to + column) = bits;
                    }
                }
            }
        }
    }
}

#define ATTENTION_BACKWARD_QUERY(ending, type, dim)                                                                                       \
    extern "C" __global__ void __launch_bounds__(BackwardShape<dim>::THREADS)                                                             \
    attention_backward_prepare_##ending(const type* output, const type* dOutput, const float* logSumExp, const int* tiles,                \
                                        float* statistics, float* querySums, int* turns, int* ticket, int queryHeads, int columns) {      \
        prepareBackward<type, dim>({output, dOutput, logSumExp, tiles, statistics, querySums, turns, ticket, queryHeads, columns});       \
    }                                                                                                                                     \
    extern "C" __global__ void __launch_bounds__(BackwardShape<dim>::THREADS)                                                             \
    attention_backward_finish_##ending(const float* querySums, const int* tiles, type* dQuery, int queryHeads, int columns, float scale) { \
        finishBackward<type, dim>({querySums, tiles, dQuery, queryHeads, columns, scale});                                                \
    }
