package dev.panacea.runtime.bindings;

import dev.panacea.runtime.DType;

/** Element types as cudaDataType_t of library_types.h numbers them. */
final class CudaDataType {
    static final int FLOAT32 = 0;
    private static final int FLOAT16 = 2;
    private static final int BFLOAT16 = 14;

    private CudaDataType() { }

    /** @throws IllegalArgumentException for a type that no product takes */
    static int code(DType dtype) {
        return switch (dtype) {
            case F32 -> FLOAT32;
            case F16 -> FLOAT16;
            case BF16 -> BFLOAT16;
            case I32, I64, U8 -> throw new IllegalArgumentException("cuBLAS multiplies F32, F16 and BF16 here, and no " + dtype);
        };
    }
}
