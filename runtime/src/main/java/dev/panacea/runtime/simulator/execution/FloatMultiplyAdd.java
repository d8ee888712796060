package dev.panacea.runtime.simulator.execution;

import jdk.incubator.vector.FloatVector;

/** fma.rn.f32. */
final class FloatMultiplyAdd extends Operation {
    private final int d;
    private final int a;
    private final int b;
    private final int c;
    private final boolean flush;

    /** @param flush .ftz */
    FloatMultiplyAdd(int d, int a, int b, int c, boolean flush) {
        this.d = d;
        this.a = a;
        this.b = b;
        this.c = c;
        this.flush = flush;
    }

    @Override
    void execute(Warp warp, int lanes) {
        int[] r = warp.words;
        for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
            FloatVector x = Lanes.operand(r, a + i, flush);
            Lanes.store(x.fma(Lanes.operand(r, b + i, flush), Lanes.operand(r, c + i, flush)), r, d, i, lanes, flush);
        }
    }
}
