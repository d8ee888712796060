package dev.panacea.runtime.cuda;

/** How products are computed; codes are those of cublasComputeType_t. Sums are float32 in both. */
public enum ComputeType {
    /** Operands are taken as they are. */
    FLOAT32(68),
    /** Float32 operands are rounded to 10 bits of fraction, for the tensor cores; other operands are taken as they are. */
    TF32(77);

    private final int code;

    ComputeType(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
