package dev.panacea.runtime.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.OptionalInt;

/** The functions of the C library that have no Java counterpart. */
public final class CLibrary {
    /** TIOCGWINSZ of Linux. */
    private static final long GET_WINDOW_SIZE = 0x5413;

    private CLibrary() { }

    /** Sets a variable in this process's own environment, where native libraries loaded later read it. */
    public static void setEnvironment(String name, String value) {
        Linker linker = Linker.nativeLinker();
        // int setenv(const char *name, const char *value, int overwrite)
        MethodHandle setenv = linker.downcallHandle(linker.defaultLookup().findOrThrow("setenv"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            int status = (int) setenv.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1);
            if (status != 0) {
                throw new IllegalStateException("setenv(" + name + ") failed");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new IllegalStateException("setenv could not be called", t);
        }
    }

    /** Makes {@code target} the same open file as {@code descriptor}. */
    public static void duplicateDescriptor(int descriptor, int target) {
        Linker linker = Linker.nativeLinker();
        // int dup2(int oldfd, int newfd)
        MethodHandle dup2 = linker.downcallHandle(linker.defaultLookup().findOrThrow("dup2"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        int result;
        try {
            result = (int) dup2.invokeExact(descriptor, target);
        } catch (Throwable t) {
            throw new IllegalStateException("dup2 could not be called", t);
        }
        if (result != target) {
            throw new IllegalStateException("dup2(" + descriptor + ", " + target + ") failed; is descriptor " + descriptor + " open?");
        }
    }

    /** How many columns the terminal on {@code descriptor} has; empty where that is no terminal. */
    public static OptionalInt terminalColumns(int descriptor) {
        Linker linker = Linker.nativeLinker();
        // int ioctl(int fd, unsigned long request, ...), here with a struct winsize of four unsigned shorts: rows, columns, and two more
        MethodHandle ioctl = linker.downcallHandle(linker.defaultLookup().findOrThrow("ioctl"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
            Linker.Option.firstVariadicArg(2));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
            int status = (int) ioctl.invokeExact(descriptor, GET_WINDOW_SIZE, size);
            return status == 0 ? OptionalInt.of(Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 1))) : OptionalInt.empty();
        } catch (Throwable t) {
            throw new IllegalStateException("ioctl could not be called", t);
        }
    }
}
