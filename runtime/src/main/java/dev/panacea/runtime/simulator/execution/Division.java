package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.PtxType;

/** div and rem on integers. What division by zero gives is not defined by PTX; here it is all ones, and the dividend as remainder. */
final class Division {
    private Division() { }

    static Operation decode(Translation t, boolean remainder) {
        t.expectOperands(3, 3);
        PtxType type = t.type();
        if (!type.integer()) {
            throw t.unknown();
        }
        return t.lanes((a, b, c, d) -> {
            long x = IntegerFamily.extend(a, type);
            long y = IntegerFamily.extend(b, type);
            long result = y == 0 ? remainder ? x : -1
                : type.signed() ? remainder ? x % y : x / y
                : remainder ? Long.remainderUnsigned(x, y) : Long.divideUnsigned(x, y);
            return result & IntegerFamily.mask(type);
        }, type);
    }
}
