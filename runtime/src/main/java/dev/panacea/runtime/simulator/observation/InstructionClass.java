package dev.panacea.runtime.simulator.observation;

/** What an instruction keeps busy, as counters group it. */
public enum InstructionClass {
    /** Integer arithmetic, logic, comparison and address arithmetic. */
    INTEGER,
    /** float32 add, multiply, fma, min, max, comparison. */
    FLOAT32,
    FLOAT64,
    /** Packed and single half and bfloat16 arithmetic. */
    FLOAT16,
    /** ex2, lg2, rcp, rsqrt, sqrt, sin, cos, tanh. */
    SPECIAL_FUNCTION,
    CONVERSION,
    MOVE,
    /** mma and wgmma. */
    TENSOR,
    GLOBAL_LOAD,
    GLOBAL_STORE,
    SHARED_LOAD,
    SHARED_STORE,
    /** ldmatrix and stmatrix. */
    MATRIX_LOAD,
    LOCAL_ACCESS,
    CONSTANT_LOAD,
    /** ld.param. */
    PARAMETER_LOAD,
    ATOMIC,
    /** cp.async and its groups. */
    ASYNC_COPY,
    /** shfl, vote, match, redux, activemask, elect. */
    WARP_COMMUNICATION,
    /** bar, barrier, bar.warp, membar, fence. */
    SYNCHRONIZATION,
    /** bra, call, ret, exit. */
    CONTROL
}
