// Copies of 16 bytes from global to shared memory that do not wait and take no registers (PTX ISA, cp.async). They go past L1, since a
// tile is read by one block only.
#pragma once

// The address of shared memory as instructions take it.
__device__ __forceinline__ unsigned sharedAddress(const void* pointer) {
    return static_cast<unsigned>(__cvta_generic_to_shared(pointer));
}

// Zeros when not valid; from is then not read, but must still be an address of global memory. TO and FROM are added to the addresses by
// the instruction itself.
template <int TO = 0, int FROM = 0>
__device__ __forceinline__ void copyAsync(unsigned to, const void* from, bool valid) {
    asm volatile("cp.async.cg.shared.global.L2::128B [%0+%3], [%1+%4], 16, %2;" ::"r"(to), "l"(from),
                 "r"(valid ? 16 : 0), "n"(TO), "n"(FROM)
                 : "memory");
}

template <int TO = 0, int FROM = 0>
__device__ __forceinline__ void copyAsync(unsigned to, const void* from) {
    asm volatile("cp.async.cg.shared.global.L2::128B [%0+%2], [%1+%3], 16;" ::"r"(to), "l"(from), "n"(TO), "n"(FROM) : "memory");
}

// Ends a group: the copies of this thread since the last one.
__device__ __forceinline__ void commitCopies() {
    asm volatile("cp.async.commit_group;" ::: "memory");
}

// Waits until no more than the last LEFT groups of this thread are under way. What other threads copied needs a barrier as well.
template <int LEFT>
__device__ __forceinline__ void waitForCopies() {
    asm volatile("cp.async.wait_group %0;" ::"n"(LEFT) : "memory");
}
