package dev.panacea.runtime.simulator.execution;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** An operation on two f32 registers, rounded to nearest even, several lanes at a time. */
final class FloatBinary extends Operation {

    /** What is computed. Of a number and a NaN, minimum and maximum are the number. */
    enum Kind { ADD, SUBTRACT, MULTIPLY, MINIMUM, MAXIMUM }

    private final Kind kind;
    private final int d;
    private final int a;
    private final int b;
    private final boolean flush;

    /** @param flush .ftz */
    FloatBinary(Kind kind, int d, int a, int b, boolean flush) {
        this.kind = kind;
        this.d = d;
        this.a = a;
        this.b = b;
        this.flush = flush;
    }

    @Override
    void execute(Warp warp, int lanes) {
        int[] r = warp.words;
        for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
            FloatVector x = Lanes.operand(r, a + i, flush);
            FloatVector y = Lanes.operand(r, b + i, flush);
            Lanes.store(switch (kind) {
                case ADD -> x.add(y);
                case SUBTRACT -> x.sub(y);
                case MULTIPLY -> x.mul(y);
                case MINIMUM -> number(x.min(y), x, y);
                case MAXIMUM -> number(x.max(y), x, y);
            }, r, d, i, lanes, flush);
        }
    }

    private static FloatVector number(FloatVector chosen, FloatVector x, FloatVector y) {
        return chosen.blend(y, x.compare(VectorOperators.NE, x)).blend(x, y.compare(VectorOperators.NE, y));
    }
}
