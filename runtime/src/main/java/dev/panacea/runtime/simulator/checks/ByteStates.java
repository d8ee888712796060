package dev.panacea.runtime.simulator.checks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What is known of each byte of a block's shared or a thread's local memory. It grows to what is touched, up to a limit; accesses
 * beyond are left to the bounds check.
 */
final class ByteStates {
    static final byte UNWRITTEN = 0;
    static final byte WRITTEN = 1;
    /** A cp.async will write it. */
    static final byte UNDER_WAY = 2;

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long EIGHT_WRITTEN = 0x0101_0101_0101_0101L;

    private final int limit;
    private byte[] states;

    ByteStates(int bytes, int limit) {
        this.limit = limit;
        states = new byte[bytes];
    }

    void set(int address, int bytes, byte state) {
        if (isOutside(address, bytes)) {
            return;
        }
        if (address + bytes > states.length) {
            states = Arrays.copyOf(states, Math.min(limit, Math.max(address + bytes, 2 * states.length)));
        }
        Arrays.fill(states, address, address + bytes, state);
    }

    /** {@link #WRITTEN} if all of these bytes are, else the state of the first that is not. */
    byte of(int address, int bytes) {
        if (isOutside(address, bytes)) {
            return WRITTEN;
        }
        int end = Math.min(address + bytes, states.length);
        int at = address;
        while (at + 8 <= end && (long) EIGHT.get(states, at) == EIGHT_WRITTEN) {
            at += 8;
        }
        while (at < end && states[at] == WRITTEN) {
            at++;
        }
        return at >= address + bytes ? WRITTEN : at < end ? states[at] : UNWRITTEN;
    }

    private boolean isOutside(int address, int bytes) {
        return address < 0 || address > limit - bytes;
    }
}
