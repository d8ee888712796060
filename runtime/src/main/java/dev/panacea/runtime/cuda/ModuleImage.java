package dev.panacea.runtime.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** What cuModuleLoadDataEx takes, in native memory: the image, ended by a zero byte, and a buffer for each of the compiler's logs. */
final class ModuleImage {
    /** CU_JIT_INFO_LOG_BUFFER and its size in bytes, CU_JIT_ERROR_LOG_BUFFER and its size. */
    static final int[] OPTIONS = {3, 4, 5, 6};

    private static final int LOG_BYTES = 16 << 10;

    private final String name;
    private final Optional<PtxHeader> header;
    private final MemorySegment image;
    private final MemorySegment options;
    private final MemorySegment values;
    private final MemorySegment info;
    private final MemorySegment errors;

    ModuleImage(String name, byte[] bytes, Arena arena) {
        this.name = name;
        header = PtxHeader.of(bytes);
        // A fat binary is read by eight-byte words, and PTX up to its zero byte.
        image = arena.allocate(bytes.length + 1L, Long.BYTES).copyFrom(MemorySegment.ofArray(bytes));
        options = arena.allocateFrom(ValueLayout.JAVA_INT, OPTIONS);
        info = arena.allocate(LOG_BYTES);
        errors = arena.allocate(LOG_BYTES);
        values = arena.allocateFrom(ValueLayout.JAVA_LONG, info.address(), LOG_BYTES, errors.address(), LOG_BYTES);
    }

    long address() {
        return image.address();
    }

    long options() {
        return options.address();
    }

    long values() {
        return values.address();
    }

    /** What the compiler had to say of an image that loaded. */
    String log() {
        return info.getString(0).strip();
    }

    CudaException refused(NativeErrors errorsOfDriver, int status, int driverVersion) {
        String what = header.map(PtxHeader::toString).orElse("no PTX text");
        return errorsOfDriver.of("cuModuleLoadDataEx", status, "module " + name + " (" + what + ") on a driver for CUDA "
            + driverVersion / 1000 + "." + driverVersion % 1000 / 10 + compilerLog());
    }

    private String compilerLog() {
        String log = (errors.getString(0).strip() + "\n" + info.getString(0).strip()).strip();
        return log.isEmpty() ? "" : "; the compiler says: " + log;
    }
}
