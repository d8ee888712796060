package dev.panacea.runtime.simulator.execution;

/** A register that is read or written: in the file of 64-bit registers when {@code wide}. */
record Source(boolean wide, int slot) {

    /** Its bits; those of a register of 32 bits or less with their sign extended. */
    long bits(Warp warp, int lane) {
        return wide ? warp.longs[slot + lane] : warp.words[slot + lane];
    }

    void set(Warp warp, int lane, long bits) {
        if (wide) {
            warp.longs[slot + lane] = bits;
        } else {
            warp.words[slot + lane] = (int) bits;
        }
    }
}
