package dev.panacea.runtime.simulator.execution;

import jdk.incubator.vector.VectorOperators;
/** Moves, choices and shifts of 32-bit registers. A shift by more than 31 leaves no bit, or the sign alone. */
final class WordMoves {
    private WordMoves() { }

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
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.load(r, a + i), r, d, i, lanes);
            }
        }
    }

    /** selp: {@code a} where the predicate holds, {@code b} elsewhere. */
    static final class Select extends WordOperations.Binary {
        private final PredicateSource predicate;

        Select(int d, int a, int b, PredicateSource predicate) {
            super(d, a, b);
            this.predicate = predicate;
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            int chosen = predicate.mask(warp);
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.load(r, b + i).blend(Lanes.load(r, a + i), Lanes.mask(chosen, i)), r, d, i, lanes);
            }
        }
    }

    static final class ShiftLeft extends WordOperations.Binary {
        ShiftLeft(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.load(r, a + i).lanewise(VectorOperators.LSHL, Lanes.load(r, b + i)).blend(0, Lanes.load(r, b + i).compare(VectorOperators.UGT, 31)), r, d, i, lanes);
            }
        }
    }

    static final class ShiftRight extends WordOperations.Binary {
        ShiftRight(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.load(r, a + i).lanewise(VectorOperators.LSHR, Lanes.load(r, b + i)).blend(0, Lanes.load(r, b + i).compare(VectorOperators.UGT, 31)), r, d, i, lanes);
            }
        }
    }

    static final class ShiftRightSigned extends WordOperations.Binary {
        ShiftRightSigned(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.load(r, a + i).lanewise(VectorOperators.ASHR, Lanes.load(r, b + i).lanewise(VectorOperators.UMIN, 31)), r, d, i, lanes);
            }
        }
    }
}
