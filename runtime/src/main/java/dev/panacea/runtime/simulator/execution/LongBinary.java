package dev.panacea.runtime.simulator.execution;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/** An operation on two 64-bit registers, several lanes at a time. */
final class LongBinary extends Operation {

    /** What is computed. A shift by more than 63 leaves no bit, or the sign alone; the distance, too, is in a 64-bit register. */
    enum Kind { ADD, SUBTRACT, AND, OR, XOR, SHIFT_LEFT, SHIFT_RIGHT, SHIFT_RIGHT_SIGNED }

    private final Kind kind;
    private final int d;
    private final int a;
    private final int b;

    LongBinary(Kind kind, int d, int a, int b) {
        this.kind = kind;
        this.d = d;
        this.a = a;
        this.b = b;
    }

    @Override
    void execute(Warp warp, int lanes) {
        long[] r = warp.longs;
        for (int i = 0; i < Warp.LANES; i += Lanes.LONG_STEP) {
            LongVector x = Lanes.load(r, a + i);
            LongVector y = Lanes.load(r, b + i);
            Lanes.store(switch (kind) {
                case ADD -> x.add(y);
                case SUBTRACT -> x.sub(y);
                case AND -> x.and(y);
                case OR -> x.or(y);
                case XOR -> x.lanewise(VectorOperators.XOR, y);
                case SHIFT_LEFT -> x.lanewise(VectorOperators.LSHL, y).blend(0, y.compare(VectorOperators.UGT, 63));
                case SHIFT_RIGHT -> x.lanewise(VectorOperators.LSHR, y).blend(0, y.compare(VectorOperators.UGT, 63));
                case SHIFT_RIGHT_SIGNED -> x.lanewise(VectorOperators.ASHR, y.lanewise(VectorOperators.UMIN, 63));
            }, r, d, i, lanes);
        }
    }
}
