package dev.panacea.runtime.simulator.execution;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** From 32 bits to 64, several lanes at a time: cvt, mul.wide and mad.wide. */
final class Widening extends Operation {
    private static final VectorSpecies<Integer> HALF = VectorSpecies.of(int.class, VectorShape.forBitSize(Lanes.LONGS.vectorBitSize() / 2));

    /** What is computed from the extended sources. */
    enum Kind { EXTEND, MULTIPLY, MULTIPLY_ADD }

    private final Kind kind;
    private final boolean signed;
    private final int d;
    private final int a;
    private final int b;
    private final int c;

    /** @param b 32 bits; any where nothing is multiplied @param c 64 bits; any where nothing is added */
    Widening(Kind kind, boolean signed, int d, int a, int b, int c) {
        this.kind = kind;
        this.signed = signed;
        this.d = d;
        this.a = a;
        this.b = b;
        this.c = c;
    }

    @Override
    void execute(Warp warp, int lanes) {
        int[] r = warp.words;
        long[] w = warp.longs;
        for (int i = 0; i < Warp.LANES; i += Lanes.LONG_STEP) {
            Lanes.store(switch (kind) {
                case EXTEND -> extended(r, a + i);
                case MULTIPLY -> extended(r, a + i).mul(extended(r, b + i));
                case MULTIPLY_ADD -> extended(r, a + i).mul(extended(r, b + i)).add(Lanes.load(w, c + i));
            }, w, d, i, lanes);
        }
    }

    private LongVector extended(int[] words, int at) {
        IntVector narrow = IntVector.fromArray(HALF, words, at);
        return (LongVector) (signed ? narrow.convertShape(VectorOperators.I2L, Lanes.LONGS, 0)
            : narrow.convertShape(VectorOperators.ZERO_EXTEND_I2L, Lanes.LONGS, 0));
    }
}
