package dev.panacea.runtime.bindings;

import dev.panacea.runtime.cuda.CudaError;

/** nvrtcResult. */
final class NvrtcStatus {
    private NvrtcStatus() { }

    static CudaError error(int code) {
        return switch (code) {
            case 1 -> error(code, "OUT_OF_MEMORY", "this process has no memory left");
            case 2 -> error(code, "PROGRAM_CREATION_FAILURE", "");
            case 3 -> error(code, "INVALID_INPUT", "");
            case 4 -> error(code, "INVALID_PROGRAM", "");
            case 5 -> error(code, "INVALID_OPTION", "this NVRTC may be too old for the option or the GPU it names");
            case 6 -> error(code, "COMPILATION", "");
            case 7 -> error(code, "BUILTIN_OPERATION_FAILURE",
                "libnvrtc-builtins.so of the very same version must lie beside libnvrtc or where the loader looks");
            case 8 -> error(code, "NO_NAME_EXPRESSIONS_AFTER_COMPILATION", "");
            case 9 -> error(code, "NO_LOWERED_NAMES_BEFORE_COMPILATION", "");
            case 10 -> error(code, "NAME_EXPRESSION_NOT_VALID", "name a kernel that the source declares, with its template arguments");
            case 11 -> error(code, "INTERNAL_ERROR", "another version of NVRTC may not have this fault");
            case 12 -> error(code, "TIME_FILE_WRITE_FAILED", "");
            case 13 -> error(code, "NO_PCH_CREATE_ATTEMPTED", "");
            case 14 -> error(code, "PCH_CREATE_HEAP_EXHAUSTED", "");
            case 15 -> error(code, "PCH_CREATE", "");
            case 16 -> error(code, "CANCELLED", "");
            case 17 -> error(code, "TIME_TRACE_FILE_WRITE_FAILED", "");
            default -> error(code, "UNKNOWN", "");
        };
    }

    private static CudaError error(int code, String name, String advice) {
        return new CudaError(code, "NVRTC_ERROR_" + name, false, advice);
    }
}
