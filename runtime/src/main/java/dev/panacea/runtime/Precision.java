package dev.panacea.runtime;

/** Arithmetic of the matrix products; statistics, accumulators, adapter masters and optimiser state are float32 in both. */
public enum Precision {
    /** Operands and results in float32. */
    FLOAT32(DType.F32),
    /** Operands rounded to bfloat16, sums in float32; frozen weights are stored in bfloat16. */
    BFLOAT16(DType.BF16);

    private final DType weights;

    Precision(DType weights) {
        this.weights = weights;
    }

    /** Storage type of frozen matrices. */
    public DType weights() {
        return weights;
    }
}
