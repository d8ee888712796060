package dev.panacea.runtime.simulator.ptx;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** A type of PTX, as registers, variables and instructions name it. */
public enum PtxType {
    B8(8, Kind.BITS), U8(8, Kind.UNSIGNED), S8(8, Kind.SIGNED),
    B16(16, Kind.BITS), U16(16, Kind.UNSIGNED), S16(16, Kind.SIGNED), F16(16, Kind.FLOAT), BF16(16, Kind.FLOAT),
    B32(32, Kind.BITS), U32(32, Kind.UNSIGNED), S32(32, Kind.SIGNED), F32(32, Kind.FLOAT), TF32(32, Kind.FLOAT),
    F16X2(32, Kind.PACKED), BF16X2(32, Kind.PACKED),
    B64(64, Kind.BITS), U64(64, Kind.UNSIGNED), S64(64, Kind.SIGNED), F64(64, Kind.FLOAT),
    B128(128, Kind.BITS),
    PRED(1, Kind.PREDICATE);

    /** How bits of a type are read. */
    public enum Kind { BITS, UNSIGNED, SIGNED, FLOAT, PACKED, PREDICATE }

    private static final Map<String, PtxType> BY_NAME = new HashMap<>();

    static {
        for (PtxType type : values()) {
            BY_NAME.put(type.name().toLowerCase(Locale.ROOT), type);
        }
    }

    private final int bits;
    private final Kind kind;

    PtxType(int bits, Kind kind) {
        this.bits = bits;
        this.kind = kind;
    }

    /** The type called {@code name}, without a dot; null when there is none. */
    public static PtxType named(String name) {
        return BY_NAME.get(name);
    }

    public int bits() {
        return bits;
    }

    /** Bytes in memory; predicates have none. */
    public int bytes() {
        return bits / Byte.SIZE;
    }

    public Kind kind() {
        return kind;
    }

    public boolean signed() {
        return kind == Kind.SIGNED;
    }

    /** One floating-point number, not a packed pair. */
    public boolean floating() {
        return kind == Kind.FLOAT;
    }

    /** Bits, or a signed or unsigned integer. */
    public boolean integer() {
        return kind == Kind.BITS || kind == Kind.UNSIGNED || kind == Kind.SIGNED;
    }

    @Override
    public String toString() {
        return "." + name().toLowerCase(Locale.ROOT);
    }
}
