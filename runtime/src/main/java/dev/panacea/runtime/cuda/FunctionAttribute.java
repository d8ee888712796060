package dev.panacea.runtime.cuda;

/** The attributes of a kernel; codes are those of CUfunction_attribute. The first seven can only be read. */
public enum FunctionAttribute {
    MAX_THREADS_PER_BLOCK(0),
    STATIC_SHARED_BYTES(1),
    CONSTANT_BYTES(2),
    LOCAL_BYTES(3),
    REGISTERS(4),
    PTX_VERSION(5),
    BINARY_VERSION(6),
    MAX_DYNAMIC_SHARED_BYTES(8),
    PREFERRED_SHARED_CARVEOUT(9),
    NON_PORTABLE_CLUSTER_SIZE_ALLOWED(14);

    private final int code;

    FunctionAttribute(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
