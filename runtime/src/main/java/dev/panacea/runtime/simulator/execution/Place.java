package dev.panacea.runtime.simulator.execution;

/**
 * Where a name points.
 *
 * @param address in global or constant memory the address; in shared and parameter memory the offset; in local memory the offset from
 *     the frame of the function that runs; of code the index of a function
 */
record Place(Kind kind, long address) {
    enum Kind { GLOBAL, CONSTANT, SHARED, LOCAL, PARAMETER, CODE }
}
