package dev.panacea.runtime.bindings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;

/** A stand-in for one of NVIDIA's libraries, compiled by gcc from {@code src/test/c/stubs}, which tells what it was given. */
public final class CStub {
    private static final Path SOURCES = Path.of("src/test/c/stubs").toAbsolutePath();

    private final Path file;
    private final SymbolLookup symbols;

    private CStub(Path file) {
        this.file = file;
        symbols = SymbolLookup.libraryLookup(file, Arena.global());
    }

    /** Compiles {@code name}.c with the real headers where they are installed; without gcc the test is skipped by name. */
    public static CStub compile(String name, Path folder, String... flags) {
        Path library = folder.resolve("lib" + name + "-stub.so");
        List<String> command = new ArrayList<>(List.of("gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror",
            "-I/usr/local/cuda/include", "-o", library.toString(), SOURCES.resolve(name + ".c").toString()));
        command.addAll(List.of(flags));
        command.add("-lm");
        assertEquals("", run(command, "the signatures of " + name + " are checked by a C compiler"));
        return new CStub(library);
    }

    /** What the command prints; skipped by name where its program is not installed. */
    public static String run(List<String> command, String purpose) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes());
            process.waitFor();
            return output;
        } catch (IOException e) {
            return Assumptions.abort("there is no " + command.getFirst() + " here, and " + purpose);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public Path file() {
        return file;
    }

    /** {@code uint64_t name(int...)}; of functions that return an int, cast the result. */
    public long call(String name, int... arguments) {
        return (long) invoke(name, FunctionDescriptor.of(ValueLayout.JAVA_LONG, ints(arguments.length)), box(arguments));
    }

    /** {@code const char *name(void)}. */
    public String text(String name) {
        return CString.at(call(name));
    }

    /** Lets {@code function} return {@code status} from now on, and all others succeed. */
    public void fail(String function, int status) {
        try (Arena arena = Arena.ofConfined()) {
            invoke("stub_fail", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                arena.allocateFrom(function), status);
        }
    }

    /** The last function that was called, and its arguments as longs. */
    public void assertCalled(String function, long... arguments) {
        assertEquals(function, text("stub_called"));
        long[] seen = IntStream.range(0, (int) call("stub_count")).mapToLong(i -> call("stub_argument", i)).toArray();
        assertArrayEquals(arguments, seen, () -> function + " saw " + Arrays.toString(seen));
    }

    private Object invoke(String name, FunctionDescriptor signature, Object... arguments) {
        MemorySegment function = symbols.findOrThrow(name);
        try {
            return Linker.nativeLinker().downcallHandle(function, signature).invokeWithArguments(arguments);
        } catch (Throwable t) {
            throw new IllegalStateException(name, t);
        }
    }

    private static MemoryLayout[] ints(int count) {
        MemoryLayout[] layouts = new MemoryLayout[count];
        Arrays.fill(layouts, ValueLayout.JAVA_INT);
        return layouts;
    }

    private static Object[] box(int... values) {
        return IntStream.of(values).boxed().toArray();
    }
}
