package dev.panacea.runtime.simulator.execution;

import jdk.incubator.vector.VectorOperators;

/** setp on 32-bit integers and floats, several lanes at a time. */
final class VectorComparison extends PredicateOperation {

    /** What is compared; the other comparisons are these with sources swapped or turned round. */
    enum Kind { EQUAL, LESS, UNSIGNED_LESS, FLOAT_EQUAL, FLOAT_LESS, FLOAT_NOT_ABOVE }

    private final Kind kind;
    private final int a;
    private final int b;
    private final int flip;

    /** @param opposite whether the outcome is turned round */
    VectorComparison(Kind kind, Result result, int a, int b, boolean opposite) {
        super(result);
        this.kind = kind;
        this.a = a;
        this.b = b;
        flip = opposite ? Warp.ALL : 0;
    }

    @Override
    int compare(Warp warp, int lanes) {
        int[] r = warp.words;
        int outcome = 0;
        for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
            outcome |= (int) switch (kind) {
                case EQUAL -> Lanes.load(r, a + i).compare(VectorOperators.EQ, Lanes.load(r, b + i)).toLong();
                case LESS -> Lanes.load(r, a + i).compare(VectorOperators.LT, Lanes.load(r, b + i)).toLong();
                case UNSIGNED_LESS -> Lanes.load(r, a + i).compare(VectorOperators.ULT, Lanes.load(r, b + i)).toLong();
                case FLOAT_EQUAL -> Lanes.loadFloat(r, a + i).compare(VectorOperators.EQ, Lanes.loadFloat(r, b + i)).toLong();
                case FLOAT_LESS -> Lanes.loadFloat(r, a + i).compare(VectorOperators.LT, Lanes.loadFloat(r, b + i)).toLong();
                case FLOAT_NOT_ABOVE -> Lanes.loadFloat(r, a + i).compare(VectorOperators.LE, Lanes.loadFloat(r, b + i)).toLong();
            } << i;
        }
        return outcome ^ flip;
    }
}
