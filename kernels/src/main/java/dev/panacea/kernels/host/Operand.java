package dev.panacea.kernels.host;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import java.lang.foreign.MemorySegment;

/** An argument of a kernel, checked once before the loops so that they need no checks of their own. */
public final class Operand {
    private Operand() { }

    /**
     * The memory of an F32 argument.
     *
     * @throws IllegalArgumentException when {@code buffer} is null, of another dtype, shorter than {@code count} or not on the host
     */
    public static MemorySegment floats(String name, Buffer buffer, long count) {
        return of(name, buffer, DType.F32, count);
    }

    /** {@link #floats}, but for I32. */
    public static MemorySegment ints(String name, Buffer buffer, long count) {
        return of(name, buffer, DType.I32, count);
    }

    /**
     * What an argument that may be of several dtypes is of.
     *
     * @throws IllegalArgumentException when {@code buffer} is null
     */
    public static DType dtype(String name, Buffer buffer) {
        if (buffer == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return buffer.dtype();
    }

    /** {@link #floats}, but for any one dtype. */
    public static MemorySegment of(String name, Buffer buffer, DType dtype, long count) {
        if (dtype(name, buffer) != dtype || buffer.count() < count || count < 0) {
            throw new IllegalArgumentException(name + " must hold " + count + " elements of " + dtype + ", but is " + buffer);
        }
        return HostBuffer.segment(buffer);
    }
}
