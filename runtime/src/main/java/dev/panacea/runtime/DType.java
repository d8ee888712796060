package dev.panacea.runtime;

/** Element type of a {@link Buffer}; the names are those of the safetensors format. */
public enum DType {
    F32(4), BF16(2), F16(2), I32(4), I64(8), U8(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }
}
