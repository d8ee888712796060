package dev.panacea.runtime.cuda;

import dev.panacea.runtime.bindings.LibCuda;
import dev.panacea.runtime.bindings.LibCudaCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Compares a declared signature with the parameters of the loaded kernel. */
final class ParameterSizes {
    private static final String CALL = "cuFuncGetParamInfo";

    private final LibCudaCode code;
    private final NativeErrors errors;

    ParameterSizes(LibCuda library, NativeErrors errors) {
        code = library.code();
        this.errors = errors;
    }

    void check(CudaFunction function, KernelSignature signature) {
        if (!code.hasFuncGetParamInfo()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG, 2);
            for (int i = 0; i < signature.count(); i++) {
                if (!exists(function, i, out)) {
                    throw refused(function, "takes " + i + " arguments, and " + signature.count() + " are declared: " + signature);
                }
                check(function, signature, i, out);
            }
            if (exists(function, signature.count(), out)) {
                throw refused(function, "takes more than the " + signature.count() + " arguments that are declared: " + signature);
            }
        }
    }

    private boolean exists(CudaFunction function, int index, MemorySegment out) {
        int status = code.cuFuncGetParamInfo(function.handle(), index, out.address(), out.address() + Long.BYTES);
        if (status == CudaError.INVALID_VALUE.code()) {
            return false;
        }
        errors.check(CALL, status, "kernel " + function.name());
        return true;
    }

    private static void check(CudaFunction function, KernelSignature signature, int index, MemorySegment out) {
        long offset = out.getAtIndex(ValueLayout.JAVA_LONG, 0);
        long size = out.getAtIndex(ValueLayout.JAVA_LONG, 1);
        int declared = signature.kind(index).bytes();
        if (size != declared || offset != signature.offset(index)) {
            throw refused(function, "takes " + size + " bytes at offset " + offset + " as argument " + index + ", and "
                + signature.kind(index) + ", " + declared + " bytes at " + signature.offset(index) + ", is declared");
        }
    }

    private static CudaException refused(CudaFunction function, String difference) {
        return new CudaException(CALL, CudaError.INVALID_VALUE, "kernel " + function.name() + " " + difference);
    }
}
