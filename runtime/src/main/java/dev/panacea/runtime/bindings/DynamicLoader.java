package dev.panacea.runtime.bindings;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;

/** What the system's loader knows and Java's lookup does not tell: why a library was refused, and where one was found. */
final class DynamicLoader {
    private static final int RTLD_LAZY = 1;

    private DynamicLoader() { }

    /** Why {@code name} cannot be opened, in the loader's words; empty where it can be. */
    static Optional<String> refusal(String name) {
        // void *dlopen(const char *filename, int flags)
        MethodHandle dlopen = handle("dlopen", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        // char *dlerror(void)
        MethodHandle dlerror = handle("dlerror", FunctionDescriptor.of(ValueLayout.JAVA_LONG));
        try (Arena arena = Arena.ofConfined()) {
            if ((long) dlopen.invokeExact(arena.allocateFrom(name), RTLD_LAZY) != 0) {
                return Optional.empty();
            }
            return Optional.of(CString.at((long) dlerror.invokeExact()));
        } catch (Throwable t) {
            throw new IllegalStateException("the loader could not be asked", t);
        }
    }

    /** The file that {@code function} was loaded from, links resolved. */
    static Optional<Path> fileOf(MemorySegment function) {
        // int dladdr(const void *addr, Dl_info *info), a struct of four pointers of which the first is the file's name
        MethodHandle dladdr = handle("dladdr", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(ValueLayout.JAVA_LONG, 4);
            if ((int) dladdr.invokeExact(function, info) == 0) {
                return Optional.empty();
            }
            return Optional.of(Path.of(CString.at(info.get(ValueLayout.JAVA_LONG, 0))).toRealPath());
        } catch (IOException e) {
            return Optional.empty();
        } catch (Throwable t) {
            throw new IllegalStateException("the loader could not be asked", t);
        }
    }

    private static MethodHandle handle(String function, FunctionDescriptor signature) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(function), signature);
    }
}
