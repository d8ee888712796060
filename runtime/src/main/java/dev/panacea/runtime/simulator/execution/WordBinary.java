package dev.panacea.runtime.simulator.execution;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** An operation on two 32-bit registers, several lanes at a time. */
final class WordBinary extends Operation {

    /** What is computed. A shift by more than 31 leaves no bit, or the sign alone. */
    enum Kind {
        ADD, SUBTRACT, MULTIPLY, AND, OR, XOR, MINIMUM, MAXIMUM, UNSIGNED_MINIMUM, UNSIGNED_MAXIMUM, SHIFT_LEFT, SHIFT_RIGHT,
        SHIFT_RIGHT_SIGNED
    }

    private final Kind kind;
    private final int d;
    private final int a;
    private final int b;

    WordBinary(Kind kind, int d, int a, int b) {
        this.kind = kind;
        this.d = d;
        this.a = a;
        this.b = b;
    }

    @Override
    void execute(Warp warp, int lanes) {
        int[] r = warp.words;
        for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
            IntVector x = Lanes.load(r, a + i);
            IntVector y = Lanes.load(r, b + i);
            Lanes.store(switch (kind) {
                case ADD -> x.add(y);
                case SUBTRACT -> x.sub(y);
                case MULTIPLY -> x.mul(y);
                case AND -> x.and(y);
                case OR -> x.or(y);
                case XOR -> x.lanewise(VectorOperators.XOR, y);
                case MINIMUM -> x.min(y);
                case MAXIMUM -> x.max(y);
                case UNSIGNED_MINIMUM -> x.lanewise(VectorOperators.UMIN, y);
                case UNSIGNED_MAXIMUM -> x.lanewise(VectorOperators.UMAX, y);
                case SHIFT_LEFT -> x.lanewise(VectorOperators.LSHL, y).blend(0, y.compare(VectorOperators.UGT, 31));
                case SHIFT_RIGHT -> x.lanewise(VectorOperators.LSHR, y).blend(0, y.compare(VectorOperators.UGT, 31));
                case SHIFT_RIGHT_SIGNED -> x.lanewise(VectorOperators.ASHR, y.lanewise(VectorOperators.UMIN, 31));
            }, r, d, i, lanes);
        }
    }
}
