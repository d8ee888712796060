package dev.panacea.runtime.simulator.execution;

import jdk.incubator.vector.VectorOperators;

/** cvt between s32 and f32, all lanes at once. */
final class VectorConversions {
    private VectorConversions() { }

    /** cvt.rn.f32.s32. */
    static final class IntToFloat extends Operation {
        private final int d;
        private final int a;

        IntToFloat(int d, int a) {
            this.d = d;
            this.a = a;
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.load(r, a + i).convert(VectorOperators.I2F, 0).reinterpretAsInts(), r, d, i, lanes);
            }
        }
    }

    /** cvt.rzi.s32.f32: clamped to the range of s32; NaN gives 0. */
    static final class FloatToInt extends Operation {
        private final int d;
        private final int a;

        FloatToInt(int d, int a) {
            this.d = d;
            this.a = a;
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.loadFloat(r, a + i).convert(VectorOperators.F2I, 0).reinterpretAsInts(), r, d, i, lanes);
            }
        }
    }
}
