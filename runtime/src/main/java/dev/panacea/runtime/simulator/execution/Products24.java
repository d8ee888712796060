package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.PtxType;

/** mul24 and mad24: products of the low 24 bits. */
final class Products24 {
    private static final int UNUSED = 8;

    private Products24() { }

    static Operation decode(Translation t, boolean add) {
        t.expectOperands(add ? 4 : 3, add ? 4 : 3);
        PtxType type = t.type();
        int shift = t.has("hi") ? 16 : 0;
        return t.lanes((a, b, c, d) -> {
            long x = type.signed() ? (int) a << UNUSED >> UNUSED : a & 0xFFFFFF;
            long y = type.signed() ? (int) b << UNUSED >> UNUSED : b & 0xFFFFFF;
            return (x * y >> shift) + (add ? c : 0);
        }, type);
    }
}
