package dev.panacea.runtime.simulator.execution;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
/** Arithmetic and logic on 64-bit registers, all lanes at once. */
final class LongOperations {
    private LongOperations() { }

    static final class Add extends WordOperations.Binary {
        Add(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            long[] r = warp.longs;
            for (int i = 0; i < Warp.LANES; i += Lanes.LONG_STEP) {
                Lanes.store(Lanes.load(r, a + i).add(Lanes.load(r, b + i)), r, d, i, lanes);
            }
        }
    }

    static final class Subtract extends WordOperations.Binary {
        Subtract(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            long[] r = warp.longs;
            for (int i = 0; i < Warp.LANES; i += Lanes.LONG_STEP) {
                Lanes.store(Lanes.load(r, a + i).sub(Lanes.load(r, b + i)), r, d, i, lanes);
            }
        }
    }

    static final class And extends WordOperations.Binary {
        And(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            long[] r = warp.longs;
            for (int i = 0; i < Warp.LANES; i += Lanes.LONG_STEP) {
                Lanes.store(Lanes.load(r, a + i).and(Lanes.load(r, b + i)), r, d, i, lanes);
            }
        }
    }

    static final class Or extends WordOperations.Binary {
        Or(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            long[] r = warp.longs;
            for (int i = 0; i < Warp.LANES; i += Lanes.LONG_STEP) {
                Lanes.store(Lanes.load(r, a + i).or(Lanes.load(r, b + i)), r, d, i, lanes);
            }
        }
    }

    static final class Xor extends WordOperations.Binary {
        Xor(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            long[] r = warp.longs;
            for (int i = 0; i < Warp.LANES; i += Lanes.LONG_STEP) {
                Lanes.store(Lanes.load(r, a + i).lanewise(VectorOperators.XOR, Lanes.load(r, b + i)), r, d, i, lanes);
            }
        }
    }

    /** mov. */
    static final class Move extends Operation {
        private final int d;
        private final int a;

        Move(int d, int a) {
            this.d = d;
            this.a = a;
        }

        @Override
        void execute(Warp warp, int lanes) {
            long[] r = warp.longs;
            for (int i = 0; i < Warp.LANES; i += Lanes.LONG_STEP) {
                Lanes.store(Lanes.load(r, a + i), r, d, i, lanes);
            }
        }
    }

    /** shl and shr by a literal of less than 64. */
    static final class Shift extends Operation {
        private final int d;
        private final int a;
        private final int distance;
        private final boolean left;
        private final boolean signed;

        Shift(int d, int a, int distance, boolean left, boolean signed) {
            this.d = d;
            this.a = a;
            this.distance = distance;
            this.left = left;
            this.signed = signed;
        }

        @Override
        void execute(Warp warp, int lanes) {
            long[] r = warp.longs;
            for (int i = 0; i < Warp.LANES; i += Lanes.LONG_STEP) {
                LongVector x = Lanes.load(r, a + i);
                LongVector y = left ? x.lanewise(VectorOperators.LSHL, distance)
                    : signed ? x.lanewise(VectorOperators.ASHR, distance) : x.lanewise(VectorOperators.LSHR, distance);
                Lanes.store(y, r, d, i, lanes);
            }
        }
    }
}
