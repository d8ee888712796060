package dev.panacea.runtime.cuda;

/** How the elements of all ranks become one; codes are those of ncclRedOp_t. */
public enum Reduction {
    SUM(0), PRODUCT(1), MAXIMUM(2), MINIMUM(3), AVERAGE(4);

    private final int code;

    Reduction(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
