package dev.panacea.runtime.simulator.execution;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
/** float32 arithmetic rounded to nearest, all lanes at once. {@code flush} is .ftz. */
final class FloatOperations {
    private FloatOperations() { }

    static final class Add extends WordOperations.Binary {
        private final boolean flush;

        Add(int d, int a, int b, boolean flush) {
            super(d, a, b);
            this.flush = flush;
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.operand(r, a + i, flush).add(Lanes.operand(r, b + i, flush)), r, d, i, lanes, flush);
            }
        }
    }

    static final class Subtract extends WordOperations.Binary {
        private final boolean flush;

        Subtract(int d, int a, int b, boolean flush) {
            super(d, a, b);
            this.flush = flush;
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.operand(r, a + i, flush).sub(Lanes.operand(r, b + i, flush)), r, d, i, lanes, flush);
            }
        }
    }

    static final class Multiply extends WordOperations.Binary {
        private final boolean flush;

        Multiply(int d, int a, int b, boolean flush) {
            super(d, a, b);
            this.flush = flush;
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.operand(r, a + i, flush).mul(Lanes.operand(r, b + i, flush)), r, d, i, lanes, flush);
            }
        }
    }

    static final class MultiplyAdd extends WordOperations.Ternary {
        private final boolean flush;

        MultiplyAdd(int d, int a, int b, int c, boolean flush) {
            super(d, a, b, c);
            this.flush = flush;
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.operand(r, a + i, flush).fma(Lanes.operand(r, b + i, flush), Lanes.operand(r, c + i, flush)), r, d, i, lanes, flush);
            }
        }
    }

    static final class Minimum extends WordOperations.Binary {
        private final boolean flush;

        Minimum(int d, int a, int b, boolean flush) {
            super(d, a, b);
            this.flush = flush;
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                FloatVector x = Lanes.operand(r, a + i, flush);
                FloatVector y = Lanes.operand(r, b + i, flush);
                FloatVector z = x.min(y).blend(y, x.compare(VectorOperators.NE, x)).blend(x, y.compare(VectorOperators.NE, y));
                Lanes.store(z, r, d, i, lanes, flush);
            }
        }
    }

    static final class Maximum extends WordOperations.Binary {
        private final boolean flush;

        Maximum(int d, int a, int b, boolean flush) {
            super(d, a, b);
            this.flush = flush;
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                FloatVector x = Lanes.operand(r, a + i, flush);
                FloatVector y = Lanes.operand(r, b + i, flush);
                FloatVector z = x.max(y).blend(y, x.compare(VectorOperators.NE, x)).blend(x, y.compare(VectorOperators.NE, y));
                Lanes.store(z, r, d, i, lanes, flush);
            }
        }
    }
}
