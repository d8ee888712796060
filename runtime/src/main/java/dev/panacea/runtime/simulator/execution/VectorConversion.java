package dev.panacea.runtime.simulator.execution;

import jdk.incubator.vector.VectorOperators;

/** cvt.rn.f32.s32 and cvt.rzi.s32.f32, which clamps to the range of s32 and makes 0 of NaN, several lanes at a time. */
final class VectorConversion extends Operation {
    private final boolean toFloat;
    private final int d;
    private final int a;

    VectorConversion(boolean toFloat, int d, int a) {
        this.toFloat = toFloat;
        this.d = d;
        this.a = a;
    }

    @Override
    void execute(Warp warp, int lanes) {
        int[] r = warp.words;
        for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
            Lanes.store(toFloat ? Lanes.load(r, a + i).convert(VectorOperators.I2F, 0).reinterpretAsInts()
                : Lanes.loadFloat(r, a + i).convert(VectorOperators.F2I, 0).reinterpretAsInts(), r, d, i, lanes);
        }
    }
}
