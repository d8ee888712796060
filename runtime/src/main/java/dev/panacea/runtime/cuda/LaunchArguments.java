package dev.panacea.runtime.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The arguments of one kernel in native memory, laid out as its parameter space is, so that setting them and launching allocates
 * nothing. Reused from launch to launch by one thread; the driver copies the values before a launch returns.
 */
public final class LaunchArguments {
    private final KernelSignature signature;
    private final MemorySegment values;
    private final MemorySegment pointers;

    /** What a driver made of the pointers at its first launch with them, so that it makes it once. */
    private Object prepared;

    /** Arguments for {@code signature} that live as long as {@code arena}; all zero at first. */
    public LaunchArguments(KernelSignature signature, Arena arena) {
        this.signature = signature;
        values = arena.allocate(Math.max(signature.bytes(), 1), KernelSignature.MOST_ALIGNMENT);
        pointers = arena.allocate(ValueLayout.ADDRESS, Math.max(signature.count(), 1));
        for (int i = 0; i < signature.count(); i++) {
            pointers.setAtIndex(ValueLayout.ADDRESS, i, values.asSlice(signature.offset(i)));
        }
    }

    public KernelSignature signature() {
        return signature;
    }

    /** The packed values; argument {@code i} lies at {@code signature().offset(i)}. */
    public MemorySegment values() {
        return values;
    }

    /** {@code void *[count]}, one pointer to each value: what cuLaunchKernel takes. */
    public MemorySegment pointers() {
        return pointers;
    }

    /**
     * The address of {@link #pointers}.
     *
     * @throws IllegalStateException when their arena is closed
     */
    long table() {
        if (!pointers.scope().isAlive()) {
            throw new IllegalStateException("launch arguments " + signature + " are used after their arena was closed");
        }
        return pointers.address();
    }

    Object prepared() {
        return prepared;
    }

    void prepared(Object value) {
        prepared = value;
    }

    public LaunchArguments set(int index, int value) {
        signature.check(index, KernelSignature.Kind.INT);
        values.set(ValueLayout.JAVA_INT, signature.offset(index), value);
        return this;
    }

    public LaunchArguments set(int index, long value) {
        signature.check(index, KernelSignature.Kind.LONG);
        values.set(ValueLayout.JAVA_LONG, signature.offset(index), value);
        return this;
    }

    public LaunchArguments set(int index, float value) {
        signature.check(index, KernelSignature.Kind.FLOAT);
        values.set(ValueLayout.JAVA_FLOAT, signature.offset(index), value);
        return this;
    }

    public LaunchArguments set(int index, double value) {
        signature.check(index, KernelSignature.Kind.DOUBLE);
        values.set(ValueLayout.JAVA_DOUBLE, signature.offset(index), value);
        return this;
    }

    /** A device address; 0 is the null pointer. */
    public LaunchArguments setPointer(int index, long address) {
        signature.check(index, KernelSignature.Kind.POINTER);
        values.set(ValueLayout.JAVA_LONG, signature.offset(index), address);
        return this;
    }
}
