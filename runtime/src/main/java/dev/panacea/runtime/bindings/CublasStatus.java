package dev.panacea.runtime.bindings;

import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.cuda.CudaException;

/** cublasStatus_t, which cuBLASLt returns too. */
final class CublasStatus {
    private CublasStatus() { }

    static CudaError error(int code) {
        return switch (code) {
            case 1 -> error(code, "NOT_INITIALIZED", "make the device's context current first; the driver must be as new as the library");
            case 3 -> error(code, "ALLOC_FAILED", "the device has no memory left for the library: hold less, or end other programs on it");
            case 7 -> error(code, "INVALID_VALUE", "");
            case 8 -> error(code, "ARCH_MISMATCH", "this GPU lacks what the product needs: bfloat16 and TF32 begin with sm_80");
            case 11 -> error(code, "MAPPING_ERROR", "");
            case 13 -> error(code, "EXECUTION_FAILED", "an earlier kernel may have failed: synchronize after each launch to find it");
            case 14 -> error(code, "INTERNAL_ERROR", "an earlier kernel may have failed: synchronize after each launch to find it");
            case 15 -> error(code, "NOT_SUPPORTED", "this library has no kernel for these types, strides and alignments");
            case 16 -> error(code, "LICENSE_ERROR", "");
            default -> error(code, "UNKNOWN", "");
        };
    }

    private static CudaError error(int code, String name, String advice) {
        return new CudaError(code, "CUBLAS_STATUS_" + name, false, advice);
    }

    /** @throws CudaException unless {@code status} is success */
    static void check(String call, int status, Object detail) {
        if (status != 0) {
            throw new CudaException(call, error(status), detail.toString());
        }
    }
}
