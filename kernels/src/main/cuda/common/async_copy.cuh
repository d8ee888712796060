// Copies of 16 bytes from global to shared memory that do not wait and take no registers (PTX ISA, cp.async). They go past L1, since a
// tile is read by one block only.
#pragma once

// The address of shared memory as instructions take it.
__device__ __forceinline__ unsigned sharedAddress(const void* pointer) {
    return static_cast<unsigned>(__cvta_generic_to_shared(pointer));
}

// Zeros when not valid; from is then not read, but must still be an address of global memory.
__device__ __forceinline__ void copyAsync(unsigned to, const void* from, bool valid) {
    asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16, %2;" ::"r"(to), "l"(from), "r"(valid ? 16 : 0) : "memory");
}

__device__ __forceinline__ void copyAsync(unsigned to, const void* from) {
    asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16;" ::"r"(to), "l"(from) : "memory");
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
