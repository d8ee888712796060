// Loops whose index is a constant in their body, where `#pragma unroll` is not enough: as an immediate of an instruction, or to be sure
// that an array of fragments is never indexed by a register.
#pragma once

template <int VALUE>
struct Constant {
    __device__ constexpr operator int() const {
        return VALUE;
    }
};

// body(Constant<FROM>), …, body(Constant<COUNT - 1>)
template <int COUNT, int FROM = 0, typename Body>
__device__ __forceinline__ void unrolled(const Body& body) {
    if constexpr (FROM < COUNT) {
        body(Constant<FROM>{});
        unrolled<COUNT, FROM + 1>(body);
    }
}
