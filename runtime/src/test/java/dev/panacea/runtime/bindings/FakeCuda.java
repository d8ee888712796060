package dev.panacea.runtime.bindings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The fake driver of src/test/c/fakecuda, compiled for this process, with what a test sees and sets in it. */
public final class FakeCuda {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    // struct fake_call: char name[64], uint64_t count, uint64_t arguments[12]
    private static final int CALL_BYTES = 64 + 8 + 12 * 8;
    // struct fake_launch: char kernel[64], uint32_t grid[3], block[3], cluster[3], shared, cooperative, parameter bytes,
    // uint64_t stream, unsigned char parameters[512]
    private static final int LAUNCH_BYTES = 64 + 12 * 4 + 8 + 512;

    /** A call as it arrived, every argument widened to 64 bits. */
    record Call(String name, List<Long> arguments) { }

    /** A launch as it was given. */
    public record Launch(String kernel, List<Integer> grid, List<Integer> block, List<Integer> cluster, int sharedBytes,
                         boolean cooperative, long stream, byte[] parameters) { }

    private final Path file;
    private final LibCuda library;
    private final SymbolLookup symbols;

    private FakeCuda(Path file) {
        this.file = file;
        library = LibCuda.open(file);
        symbols = SymbolLookup.libraryLookup(file, Arena.global());
    }

    /** @throws IllegalStateException when it cannot be compiled here, with the compiler's words */
    static FakeCuda build() {
        try {
            Path folder = Files.createTempDirectory("fakecuda");
            Process process = new ProcessBuilder("sh", Path.of("src/test/c/fakecuda/build.sh").toAbsolutePath().toString(),
                folder.toString()).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("no fake CUDA driver: " + output.strip());
            }
            Path file = folder.resolve("libcuda.so.1");
            FakeCuda fake = new FakeCuda(file);
            Files.delete(file);
            Files.delete(folder);
            return fake;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while compiling the fake CUDA driver", e);
        }
    }

    public LibCuda library() {
        return library;
    }

    Path file() {
        return file;
    }

    /** Whether the library has a function of that name. */
    boolean has(String function) {
        return symbols.find(function).isPresent();
    }

    Call lastCall() {
        MemorySegment call = pointer("fake_last_call").reinterpret(CALL_BYTES);
        int count = (int) call.get(ValueLayout.JAVA_LONG, 64);
        return new Call(call.getString(0), IntStream.range(0, count).mapToObj(i -> call.get(ValueLayout.JAVA_LONG, 72 + 8L * i)).toList());
    }

    public Launch lastLaunch() {
        MemorySegment launch = pointer("fake_last_launch").reinterpret(LAUNCH_BYTES);
        int[] words = launch.asSlice(64, 12 * 4).toArray(INT);
        byte[] parameters = launch.asSlice(64 + 12 * 4 + 8, words[11]).toArray(ValueLayout.JAVA_BYTE);
        return new Launch(launch.getString(0), three(words, 0), three(words, 3), three(words, 6), words[9], words[10] != 0,
            launch.get(ValueLayout.JAVA_LONG, 64 + 12 * 4), parameters);
    }

    private static List<Integer> three(int[] words, int from) {
        return Arrays.stream(words, from, from + 3).boxed().toList();
    }

    /** From here on every call is only kept, and answered by {@code status}. */
    void recordOnly(int status) {
        call("fake_record_only", FunctionDescriptor.ofVoid(INT, INT), 1, status);
    }

    /** The next call of {@code function} fails; with a fault's status every later call does too. */
    public void inject(String function, int status) {
        try (Arena arena = Arena.ofConfined()) {
            call("fake_inject", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, INT), arena.allocateFrom(function), status);
        }
    }

    /** Ends recording, injected and sticky errors. */
    public void reset() {
        call("fake_reset", FunctionDescriptor.ofVoid());
    }

    private MemorySegment pointer(String name) {
        return (MemorySegment) call(name, FunctionDescriptor.of(ValueLayout.ADDRESS));
    }

    private Object call(String name, FunctionDescriptor descriptor, Object... arguments) {
        MethodHandle handle = Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), descriptor);
        try {
            return handle.invokeWithArguments(arguments);
        } catch (Throwable t) {
            throw new IllegalStateException(name + " could not be called", t);
        }
    }
}
