package dev.panacea.runtime.bindings;

/** The math modes of a cuBLAS handle; codes are those of cublasMath_t. */
public enum CublasMath {
    DEFAULT(0),
    /** Partial sums are kept in float32, never rounded to the type of C. */
    FULL_PRECISION_REDUCTIONS(16);

    private final int code;

    CublasMath(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
