// N neighbouring elements of float, bfloat16 or float16 in one access of a thread, and their values as float. By default they are 16 bytes,
// the widest access there is; where two dtypes meet, the narrower has half as many bytes; one element is for what is not aligned.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>

// One element as float, and back with rounding to nearest even.
__device__ __forceinline__ float toFloat(float value) {
    return value;
}

__device__ __forceinline__ float toFloat(__nv_bfloat16 value) {
    return __bfloat162float(value);
}

__device__ __forceinline__ float toFloat(__half value) {
    return __half2float(value);
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

template <>
__device__ __forceinline__ __half fromFloat<__half>(float value) {
    return __float2half_rn(value);
}

// 32 bits as one float or two halves, the first in the low bits.
template <typename T>
struct Word;

template <>
struct Word<float> {
    static constexpr int COUNT = 1;

    static __device__ __forceinline__ void widen(unsigned word, float* to) {
        to[0] = __uint_as_float(word);
    }

    static __device__ __forceinline__ unsigned narrow(const float* from) {
        return __float_as_uint(from[0]);
    }
};

template <>
struct Word<__nv_bfloat16> {
    static constexpr int COUNT = 2;

    static __device__ __forceinline__ void widen(unsigned word, float* to) {
        to[0] = __uint_as_float(word << 16);
        to[1] = __uint_as_float(word & 0xffff0000u);
    }

    static __device__ __forceinline__ unsigned narrow(const float* from) {
        const __nv_bfloat162 two = __floats2bfloat162_rn(from[0], from[1]);
        return *reinterpret_cast<const unsigned*>(&two);
    }
};

template <>
struct Word<__half> {
    static constexpr int COUNT = 2;

    static __device__ __forceinline__ void widen(unsigned word, float* to) {
        const float2 two = __half22float2(*reinterpret_cast<const __half2*>(&word));
        to[0] = two.x;
        to[1] = two.y;
    }

    static __device__ __forceinline__ unsigned narrow(const float* from) {
        const __half2 two = __floats2half2_rn(from[0], from[1]);
        return *reinterpret_cast<const unsigned*>(&two);
    }
};

// Two or four words in one access.
__device__ __forceinline__ void loadWords(unsigned (&words)[2], const void* from) {
    const uint2 bits = *static_cast<const uint2*>(from);
    words[0] = bits.x;
    words[1] = bits.y;
}

__device__ __forceinline__ void loadWords(unsigned (&words)[4], const void* from) {
    const uint4 bits = *static_cast<const uint4*>(from);
    words[0] = bits.x;
    words[1] = bits.y;
    words[2] = bits.z;
    words[3] = bits.w;
}

__device__ __forceinline__ void storeWords(const unsigned (&words)[2], void* to) {
    *static_cast<uint2*>(to) = make_uint2(words[0], words[1]);
}

__device__ __forceinline__ void storeWords(const unsigned (&words)[4], void* to) {
    *static_cast<uint4*>(to) = make_uint4(words[0], words[1], words[2], words[3]);
}

template <typename T, int N = 16 / sizeof(T)>
struct Pack {
    static constexpr int COUNT = N;
    static constexpr int WORDS = N * sizeof(T) / 4;
    float values[N];

    // from must be a multiple of the pack's bytes
    static __device__ __forceinline__ Pack load(const T* from) {
        unsigned words[WORDS];
        loadWords(words, from);
        return of(words);
    }

    __device__ __forceinline__ void store(T* to) const {
        unsigned words[WORDS];
        narrow(words);
        storeWords(words, to);
    }

    // The values as they will be read back.
    __device__ __forceinline__ Pack rounded() const {
        unsigned words[WORDS];
        narrow(words);
        return of(words);
    }

private:
    static __device__ __forceinline__ Pack of(const unsigned (&words)[WORDS]) {
        Pack pack;
#pragma unroll
        for (int i = 0; i < WORDS; i++) {
            Word<T>::widen(words[i], pack.values + i * Word<T>::COUNT);
        }
        return pack;
    }

    __device__ __forceinline__ void narrow(unsigned (&words)[WORDS]) const {
#pragma unroll
        for (int i = 0; i < WORDS; i++) {
            words[i] = Word<T>::narrow(values + i * Word<T>::COUNT);
        }
    }
};

template <typename T>
struct Pack<T, 1> {
    static constexpr int COUNT = 1;
    float values[1];

    static __device__ __forceinline__ Pack load(const T* from) {
        return {{toFloat(*from)}};
    }

    __device__ __forceinline__ void store(T* to) const {
        *to = fromFloat<T>(values[0]);
    }
};
