package dev.panacea.runtime.bindings;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.panacea.runtime.LibraryFinding;
import dev.panacea.runtime.cuda.CompiledCode;
import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.cuda.CudaSource;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** NVIDIA's compiler of CUDA C++ at run time, bound by FFM: libnvrtc of CUDA 11.2 to 13. Needs neither GPU nor driver. */
public final class Nvrtc {
    private static final SystemLibrary LIBRARY = new SystemLibrary("NVRTC", "panacea.libnvrtc",
        List.of("libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2"), "install NVRTC of the CUDA toolkit, 11.2 to 13",
        "shapes that no shipped kernel was built for cannot be compiled");

    // nvrtcResult nvrtcCreateProgram(nvrtcProgram *prog, const char *src, const char *name, int numHeaders,
    //     const char *const *headers, const char *const *includeNames)
    private static final MethodHandle CREATE = Linker.nativeLinker().downcallHandle(
        FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));

    private final OpenLibrary library;
    private final MemorySegment version;
    private final MemorySegment createProgram;
    private final MemorySegment destroyProgram;
    private final MemorySegment addNameExpression;
    private final MemorySegment compileProgram;
    private final MemorySegment getLogSize;
    private final MemorySegment getLog;
    private final MemorySegment getPtxSize;
    private final MemorySegment getPtx;
    private final MemorySegment getCubinSize;
    private final MemorySegment getCubin;
    private final MemorySegment getLoweredName;

    private Nvrtc(OpenLibrary library) {
        this.library = library;
        version = library.require("nvrtcVersion");
        createProgram = library.require("nvrtcCreateProgram");
        destroyProgram = library.require("nvrtcDestroyProgram");
        addNameExpression = library.require("nvrtcAddNameExpression");
        compileProgram = library.require("nvrtcCompileProgram");
        getLogSize = library.require("nvrtcGetProgramLogSize");
        getLog = library.require("nvrtcGetProgramLog");
        getPtxSize = library.require("nvrtcGetPTXSize");
        getPtx = library.require("nvrtcGetPTX");
        getCubinSize = library.require("nvrtcGetCUBINSize");
        getCubin = library.require("nvrtcGetCUBIN");
        getLoweredName = library.require("nvrtcGetLoweredName");
        library.verify();
        loadBuiltins();
    }

    // The library looks for this companion only when it first compiles, and only where the system's loader looks.
    private void loadBuiltins() {
        Path builtins = library.file().resolveSibling("libnvrtc-builtins.so." + version());
        if (Files.exists(builtins)) {
            SymbolLookup.libraryLookup(builtins, Arena.global());
        }
    }

    /** @throws MissingLibraryException where no NVRTC is installed, or it is older than CUDA 11.1 */
    public static Nvrtc load() {
        return new Nvrtc(LIBRARY.open());
    }

    /** The library in {@code file} and no other. */
    public static Nvrtc load(Path file) {
        return new Nvrtc(LIBRARY.open(file));
    }

    /** What this machine has. */
    public static LibraryFinding finding() {
        return LIBRARY.finding(() -> load().found());
    }

    public LibraryFinding.Found found() {
        return library.found(version());
    }

    // nvrtcResult nvrtcVersion(int *major, int *minor)
    /** For example {@code 13.0}: the CUDA version whose language it compiles and whose PTX it writes. */
    public String version() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocate(JAVA_INT, 2);
            check("nvrtcVersion", NativeCalls.call(version, numbers.address(), numbers.address() + Integer.BYTES), "");
            return numbers.getAtIndex(JAVA_INT, 0) + "." + numbers.getAtIndex(JAVA_INT, 1);
        }
    }

    /** @throws CudaException when the source does not compile, with the compiler's log */
    public CompiledCode compile(CudaSource source) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment holder = create(arena, source);
            try {
                return compile(arena, holder.get(JAVA_LONG, 0), source);
            } finally {
                // nvrtcResult nvrtcDestroyProgram(nvrtcProgram *prog); the result is at hand or another error is on its way
                NativeCalls.call(destroyProgram, holder.address());
            }
        }
    }

    private MemorySegment create(Arena arena, CudaSource source) {
        MemorySegment holder = arena.allocate(JAVA_LONG);
        long text = arena.allocateFrom(source.text()).address();
        long name = arena.allocateFrom(source.name()).address();
        int status;
        try {
            status = (int) CREATE.invokeExact(createProgram, holder.address(), text, name, 0, 0L, 0L);
        } catch (Throwable t) {
            throw new IllegalStateException("nvrtcCreateProgram could not be called", t);
        }
        check("nvrtcCreateProgram", status, source.name());
        return holder;
    }

    private CompiledCode compile(Arena arena, long program, CudaSource source) {
        for (String expression : source.expressions()) {
            // nvrtcResult nvrtcAddNameExpression(nvrtcProgram prog, const char *const name_expression)
            check("nvrtcAddNameExpression", NativeCalls.call(addNameExpression, program, arena.allocateFrom(expression).address()),
                expression);
        }
        // nvrtcResult nvrtcCompileProgram(nvrtcProgram prog, int numOptions, const char *const *options)
        int status = NativeCalls.call(compileProgram, program, source.options().size(),
            CString.array(arena, source.options()).address());
        String log = text(arena, "nvrtcGetProgramLog", program, getLogSize, getLog);
        check("nvrtcCompileProgram", status,
            source.name() + " with options " + source.options() + " in NVRTC " + version() + "\n" + log);
        boolean ptx = source.form() == CudaSource.Form.PTX;
        byte[] image = ptx ? text(arena, "nvrtcGetPTX", program, getPtxSize, getPtx).getBytes(StandardCharsets.UTF_8)
            : bytes(arena, "nvrtcGetCUBIN", program, getCubinSize, getCubin);
        if (image.length == 0) {
            throw new IllegalArgumentException(source.name() + " gave no " + source.form() + " with options " + source.options()
                + ": a cubin needs a real architecture, for example --gpu-architecture=sm_80");
        }
        return new CompiledCode(image, loweredNames(arena, program, source), log);
    }

    private Map<String, String> loweredNames(Arena arena, long program, CudaSource source) {
        Map<String, String> names = new LinkedHashMap<>();
        MemorySegment pointer = arena.allocate(JAVA_LONG);
        for (String expression : source.expressions()) {
            // nvrtcResult nvrtcGetLoweredName(nvrtcProgram prog, const char *const name_expression, const char **lowered_name)
            check("nvrtcGetLoweredName",
                NativeCalls.call(getLoweredName, program, arena.allocateFrom(expression).address(), pointer.address()), expression);
            names.put(expression, CString.at(pointer.get(JAVA_LONG, 0)));
        }
        return names;
    }

    // nvrtcResult nvrtcGet...Size(nvrtcProgram prog, size_t *size), nvrtcResult nvrtcGet...(nvrtcProgram prog, char *bytes)
    private static byte[] bytes(Arena arena, String call, long program, MemorySegment getSize, MemorySegment get) {
        MemorySegment size = arena.allocate(JAVA_LONG);
        check(call + "Size", NativeCalls.call(getSize, program, size.address()), "");
        MemorySegment bytes = arena.allocate(Math.max(1, size.get(JAVA_LONG, 0)));
        check(call, NativeCalls.call(get, program, bytes.address()), "");
        return bytes.asSlice(0, size.get(JAVA_LONG, 0)).toArray(JAVA_BYTE);
    }

    private static String text(Arena arena, String call, long program, MemorySegment getSize, MemorySegment get) {
        byte[] bytes = bytes(arena, call, program, getSize, get);
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return new String(Arrays.copyOf(bytes, end), StandardCharsets.UTF_8);
    }

    private static void check(String call, int status, String detail) {
        if (status != 0) {
            throw new CudaException(call, NvrtcStatus.error(status), detail);
        }
    }
}
