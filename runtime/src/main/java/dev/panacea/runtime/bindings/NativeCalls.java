package dev.panacea.runtime.bindings;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Calls of C functions that return a 32-bit status, one handle for each shape of arguments. Handles are linked to a signature only
 * and take the function's address first, so that they are constants to the compiler although libraries load late. Pointers, handles
 * and size_t are longs: all are one 64-bit integer register to the calling convention.
 */
final class NativeCalls {
    private static final ValueLayout.OfByte B = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfInt I = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong J = ValueLayout.JAVA_LONG;

    private static final MethodHandle NONE = handle();
    private static final MethodHandle INT = handle(I);
    private static final MethodHandle LONG = handle(J);
    private static final MethodHandle INT_LONG = handle(I, J);
    private static final MethodHandle LONG_INT = handle(J, I);
    private static final MethodHandle LONG_2 = handle(J, J);
    private static final MethodHandle LONG_INT_2 = handle(J, I, I);
    private static final MethodHandle LONG_INT_LONG = handle(J, I, J);
    private static final MethodHandle LONG_2_INT = handle(J, J, I);
    private static final MethodHandle LONG_3 = handle(J, J, J);
    private static final MethodHandle LONG_4 = handle(J, J, J, J);
    private static final MethodHandle LONG_BYTE_LONG_2 = handle(J, B, J, J);
    private static final MethodHandle LONG_INT_LONG_2 = handle(J, I, J, J);
    private static final MethodHandle LONG_2_INT_LONG = handle(J, J, I, J);
    private static final MethodHandle LONG_2_INT_LONG_2 = handle(J, J, I, J, J);
    private static final MethodHandle LONG_6 = handle(J, J, J, J, J, J);
    private static final MethodHandle LAUNCH_2 = handle(J, I, I, I, I, I, I, I, J, J);
    private static final MethodHandle LAUNCH_3 = handle(J, I, I, I, I, I, I, I, J, J, J);

    // The same shapes for functions that return at once and never wait: the thread stays in Java, which saves two thirds of the cost.
    private static final MethodHandle SHORT_LONG = shortHandle(J);
    private static final MethodHandle SHORT_INT_LONG = shortHandle(I, J);
    private static final MethodHandle SHORT_LONG_INT_2 = shortHandle(J, I, I);

    private NativeCalls() { }

    private static MethodHandle handle(MemoryLayout... arguments) {
        return Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(I, arguments));
    }

    private static MethodHandle shortHandle(MemoryLayout... arguments) {
        return Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(I, arguments), Linker.Option.critical(false));
    }

    static int call(MemorySegment function) {
        try {
            return (int) NONE.invokeExact(function);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int call(MemorySegment function, int a) {
        try {
            return (int) INT.invokeExact(function, a);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int call(MemorySegment function, long a) {
        try {
            return (int) LONG.invokeExact(function, a);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int call(MemorySegment function, int a, long b) {
        try {
            return (int) INT_LONG.invokeExact(function, a, b);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int call(MemorySegment function, long a, int b) {
        try {
            return (int) LONG_INT.invokeExact(function, a, b);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int call(MemorySegment function, long a, long b) {
        try {
            return (int) LONG_2.invokeExact(function, a, b);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int call(MemorySegment function, long a, int b, int c) {
        try {
            return (int) LONG_INT_2.invokeExact(function, a, b, c);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int call(MemorySegment function, long a, int b, long c) {
        try {
            return (int) LONG_INT_LONG.invokeExact(function, a, b, c);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int call(MemorySegment function, long a, long b, int c) {
        try {
            return (int) LONG_2_INT.invokeExact(function, a, b, c);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int call(MemorySegment function, long a, long b, long c) {
        try {
            return (int) LONG_3.invokeExact(function, a, b, c);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int call(MemorySegment function, long a, long b, long c, long d) {
        try {
            return (int) LONG_4.invokeExact(function, a, b, c, d);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int call(MemorySegment function, long a, byte b, long c, long d) {
        try {
            return (int) LONG_BYTE_LONG_2.invokeExact(function, a, b, c, d);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int call(MemorySegment function, long a, int b, long c, long d) {
        try {
            return (int) LONG_INT_LONG_2.invokeExact(function, a, b, c, d);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int call(MemorySegment function, long a, long b, int c, long d) {
        try {
            return (int) LONG_2_INT_LONG.invokeExact(function, a, b, c, d);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int call(MemorySegment function, long a, long b, int c, long d, long e) {
        try {
            return (int) LONG_2_INT_LONG_2.invokeExact(function, a, b, c, d, e);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        try {
            return (int) LONG_6.invokeExact(function, a, b, c, d, e, f);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int launch(MemorySegment function, long kernel, int gridX, int gridY, int gridZ, int blockX, int blockY, int blockZ,
                      int sharedBytes, long stream, long parameters) {
        try {
            return (int) LAUNCH_2.invokeExact(function, kernel, gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes, stream,
                parameters);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int launch(MemorySegment function, long kernel, int gridX, int gridY, int gridZ, int blockX, int blockY, int blockZ,
                      int sharedBytes, long stream, long parameters, long extra) {
        try {
            return (int) LAUNCH_3.invokeExact(function, kernel, gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes, stream,
                parameters, extra);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int callShort(MemorySegment function, long a) {
        try {
            return (int) SHORT_LONG.invokeExact(function, a);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int callShort(MemorySegment function, int a, long b) {
        try {
            return (int) SHORT_INT_LONG.invokeExact(function, a, b);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    static int callShort(MemorySegment function, long a, int b, int c) {
        try {
            return (int) SHORT_LONG_INT_2.invokeExact(function, a, b, c);
        } catch (Throwable t) {
            throw notCalled(t);
        }
    }

    private static IllegalStateException notCalled(Throwable cause) {
        return new IllegalStateException("a native function could not be called", cause);
    }
}
