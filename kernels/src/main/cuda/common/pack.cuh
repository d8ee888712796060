// 16 bytes of float or bfloat16, the widest access of a thread, and their values as float.
#pragma once

#include <cuda_bf16.h>

template <typename T>
struct Pack;

template <>
struct Pack<float> {
    static constexpr int COUNT = 4;
    float values[COUNT];

    static __device__ __forceinline__ Pack load(const float* from) {
        const float4 v = *reinterpret_cast<const float4*>(from);
        return {{v.x, v.y, v.z, v.w}};
    }

    __device__ __forceinline__ void store(float* to) const {
        *reinterpret_cast<float4*>(to) = make_float4(values[0], values[1], values[2], values[3]);
    }

    // The values as they will be read back.
    __device__ __forceinline__ Pack rounded() const {
        return *this;
    }
};

template <>
struct Pack<__nv_bfloat16> {
    static constexpr int COUNT = 8;
    float values[COUNT];

    static __device__ __forceinline__ Pack load(const __nv_bfloat16* from) {
        const uint4 bits = *reinterpret_cast<const uint4*>(from);
        const unsigned words[4] = {bits.x, bits.y, bits.z, bits.w};
        Pack pack;
#pragma unroll
        for (int i = 0; i < 4; i++) {
            pack.values[2 * i] = __uint_as_float(words[i] << 16);
            pack.values[2 * i + 1] = __uint_as_float(words[i] & 0xffff0000u);
        }
        return pack;
    }

    __device__ __forceinline__ void store(__nv_bfloat16* to) const {
        uint4 bits;
        bits.x = pair(0);
        bits.y = pair(2);
        bits.z = pair(4);
        bits.w = pair(6);
        *reinterpret_cast<uint4*>(to) = bits;
    }

    __device__ __forceinline__ Pack rounded() const {
        Pack pack;
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const unsigned word = pair(2 * i);
            pack.values[2 * i] = __uint_as_float(word << 16);
            pack.values[2 * i + 1] = __uint_as_float(word & 0xffff0000u);
        }
        return pack;
    }

private:
    __device__ __forceinline__ unsigned pair(int first) const {
        const __nv_bfloat162 two = __floats2bfloat162_rn(values[first], values[first + 1]);
        return *reinterpret_cast<const unsigned*>(&two);
    }
};

// One element as float, and back with rounding to nearest even.
__device__ __forceinline__ float toFloat(float value) {
    return value;
}

__device__ __forceinline__ float toFloat(__nv_bfloat16 value) {
    return __bfloat162float(value);
}

template <typename T>
__device__ __forceinline__ T fromFloat(float value);

template <>
__device__ __forceinline__ float fromFloat<float>(float value) {
    return value;
}

template <>
__device__ __forceinline__ __nv_bfloat16 fromFloat<__nv_bfloat16>(float value) {
    return __float2bfloat16_rn(value);
}
