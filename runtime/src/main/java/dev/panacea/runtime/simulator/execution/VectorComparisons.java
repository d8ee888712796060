package dev.panacea.runtime.simulator.execution;

import jdk.incubator.vector.VectorOperators;

/** setp on 32-bit integers and floats, all lanes at once. The other comparisons are these with sources swapped or turned round. */
final class VectorComparisons {
    private VectorComparisons() { }

    /** Two sources; {@code flip} of all ones turns the outcome round. */
    private abstract static class Pair extends PredicateOperation {
        final int a;
        final int b;
        final int flip;

        Pair(Result result, int a, int b, int flip) {
            super(result);
            this.a = a;
            this.b = b;
            this.flip = flip;
        }
    }

    static final class Equal extends Pair {
        Equal(Result result, int a, int b, int flip) {
            super(result, a, b, flip);
        }

        @Override
        int compare(Warp warp, int lanes) {
            int[] r = warp.words;
            int outcome = 0;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                outcome |= (int) Lanes.load(r, a + i).compare(VectorOperators.EQ, Lanes.load(r, b + i)).toLong() << i;
            }
            return outcome ^ flip;
        }
    }

    static final class Less extends Pair {
        Less(Result result, int a, int b, int flip) {
            super(result, a, b, flip);
        }

        @Override
        int compare(Warp warp, int lanes) {
            int[] r = warp.words;
            int outcome = 0;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                outcome |= (int) Lanes.load(r, a + i).compare(VectorOperators.LT, Lanes.load(r, b + i)).toLong() << i;
            }
            return outcome ^ flip;
        }
    }

    static final class UnsignedLess extends Pair {
        UnsignedLess(Result result, int a, int b, int flip) {
            super(result, a, b, flip);
        }

        @Override
        int compare(Warp warp, int lanes) {
            int[] r = warp.words;
            int outcome = 0;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                outcome |= (int) Lanes.load(r, a + i).compare(VectorOperators.ULT, Lanes.load(r, b + i)).toLong() << i;
            }
            return outcome ^ flip;
        }
    }

    static final class FloatEqual extends Pair {
        FloatEqual(Result result, int a, int b, int flip) {
            super(result, a, b, flip);
        }

        @Override
        int compare(Warp warp, int lanes) {
            int[] r = warp.words;
            int outcome = 0;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                outcome |= (int) Lanes.loadFloat(r, a + i).compare(VectorOperators.EQ, Lanes.loadFloat(r, b + i)).toLong() << i;
            }
            return outcome ^ flip;
        }
    }

    static final class FloatLess extends Pair {
        FloatLess(Result result, int a, int b, int flip) {
            super(result, a, b, flip);
        }

        @Override
        int compare(Warp warp, int lanes) {
            int[] r = warp.words;
            int outcome = 0;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                outcome |= (int) Lanes.loadFloat(r, a + i).compare(VectorOperators.LT, Lanes.loadFloat(r, b + i)).toLong() << i;
            }
            return outcome ^ flip;
        }
    }

    static final class FloatNotAbove extends Pair {
        FloatNotAbove(Result result, int a, int b, int flip) {
            super(result, a, b, flip);
        }

        @Override
        int compare(Warp warp, int lanes) {
            int[] r = warp.words;
            int outcome = 0;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                outcome |= (int) Lanes.loadFloat(r, a + i).compare(VectorOperators.LE, Lanes.loadFloat(r, b + i)).toLong() << i;
            }
            return outcome ^ flip;
        }
    }
}
