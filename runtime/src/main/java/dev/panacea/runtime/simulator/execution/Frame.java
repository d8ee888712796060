package dev.panacea.runtime.simulator.execution;

/**
 * A call under way: where it goes back to, and with what.
 *
 * @param call the call; null for the kernel itself
 * @param code the function that was called; null for the kernel
 * @param base where the function's variables begin in each thread's local memory
 * @param join the caller's
 * @param taken what the caller had taken with alloca, in bytes
 * @param saved registers of the function that a recursive call found in use; null when it found none
 */
record Frame(Call call, FunctionCode code, int base, Join join, int taken, Frame caller, SavedRegisters saved) {
    static final Frame KERNEL = new Frame(null, null, 0, null, 0, null, null);

    /** Whether {@code function} is under way here or in a caller. */
    boolean runs(FunctionCode function) {
        for (Frame frame = this; frame != null; frame = frame.caller) {
            if (frame.code == function) {
                return true;
            }
        }
        return false;
    }
}
