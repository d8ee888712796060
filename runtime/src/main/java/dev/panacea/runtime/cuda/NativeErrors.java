package dev.panacea.runtime.cuda;

import dev.panacea.runtime.bindings.LibCuda;
import dev.panacea.runtime.bindings.LibCudaDevices;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Makes exceptions of a driver's statuses, which say what was being done. */
final class NativeErrors {
    /** The system property that makes every launch wait for its kernel, so that a fault is told by the launch that made it. */
    static final String SYNCHRONOUS_PROPERTY = "panacea.cuda.synchronous";

    static final int SUCCESS = 0;
    private static final int LONGEST_TEXT = 1024;

    private final LibCudaDevices library;

    NativeErrors(LibCuda library) {
        this.library = library.devices();
    }

    void check(String call, int status) {
        check(call, status, "");
    }

    void check(String call, int status, String detail) {
        if (status != SUCCESS) {
            throw of(call, status, detail);
        }
    }

    /** For queries, whose {@code NOT_READY} is an answer. */
    boolean isDone(String call, int status) {
        if (status == CudaError.NOT_READY.code()) {
            return false;
        }
        check(call, status);
        return true;
    }

    CudaException of(String call, int status, String detail) {
        return new CudaException(call, error(status), detail);
    }

    CudaException ofLaunch(String call, int status, CudaFunction function, LaunchGeometry geometry, LaunchArguments arguments) {
        return of(call, status, "kernel " + function.name() + ", " + geometry + ", arguments " + arguments.signature());
    }

    private CudaError error(int status) {
        return CudaError.of(status).orElseGet(() -> new CudaError(status, name(status), false, text(status)));
    }

    private String name(int status) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            return library.cuGetErrorName(status, out.address()) == SUCCESS ? string(out) : "CUDA_ERROR_UNKNOWN_TO_THE_DRIVER";
        }
    }

    private String text(int status) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            return library.cuGetErrorString(status, out.address()) == SUCCESS ? string(out) : "";
        }
    }

    private static String string(MemorySegment pointer) {
        return pointer.get(ValueLayout.ADDRESS, 0).reinterpret(LONGEST_TEXT).getString(0);
    }
}
