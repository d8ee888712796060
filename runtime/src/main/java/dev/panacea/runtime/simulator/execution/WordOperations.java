package dev.panacea.runtime.simulator.execution;

import jdk.incubator.vector.VectorOperators;
/** Arithmetic and logic on 32-bit registers, all lanes at once. */
final class WordOperations {
    private WordOperations() { }

    /** Two sources. */
    abstract static class Binary extends Operation {
        final int d;
        final int a;
        final int b;

        Binary(int d, int a, int b) {
            this.d = d;
            this.a = a;
            this.b = b;
        }
    }

    /** Three sources. */
    abstract static class Ternary extends Operation {
        final int d;
        final int a;
        final int b;
        final int c;

        Ternary(int d, int a, int b, int c) {
            this.d = d;
            this.a = a;
            this.b = b;
            this.c = c;
        }
    }

    static final class Add extends Binary {
        Add(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.load(r, a + i).add(Lanes.load(r, b + i)), r, d, i, lanes);
            }
        }
    }

    static final class Subtract extends Binary {
        Subtract(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.load(r, a + i).sub(Lanes.load(r, b + i)), r, d, i, lanes);
            }
        }
    }

    static final class Multiply extends Binary {
        Multiply(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.load(r, a + i).mul(Lanes.load(r, b + i)), r, d, i, lanes);
            }
        }
    }

    static final class MultiplyAdd extends Ternary {
        MultiplyAdd(int d, int a, int b, int c) {
            super(d, a, b, c);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.load(r, a + i).mul(Lanes.load(r, b + i)).add(Lanes.load(r, c + i)), r, d, i, lanes);
            }
        }
    }

    static final class And extends Binary {
        And(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.load(r, a + i).and(Lanes.load(r, b + i)), r, d, i, lanes);
            }
        }
    }

    static final class Or extends Binary {
        Or(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.load(r, a + i).or(Lanes.load(r, b + i)), r, d, i, lanes);
            }
        }
    }

    static final class Xor extends Binary {
        Xor(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.load(r, a + i).lanewise(VectorOperators.XOR, Lanes.load(r, b + i)), r, d, i, lanes);
            }
        }
    }

    static final class Minimum extends Binary {
        Minimum(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.load(r, a + i).min(Lanes.load(r, b + i)), r, d, i, lanes);
            }
        }
    }

    static final class Maximum extends Binary {
        Maximum(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.load(r, a + i).max(Lanes.load(r, b + i)), r, d, i, lanes);
            }
        }
    }

    static final class UnsignedMinimum extends Binary {
        UnsignedMinimum(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.load(r, a + i).lanewise(VectorOperators.UMIN, Lanes.load(r, b + i)), r, d, i, lanes);
            }
        }
    }

    static final class UnsignedMaximum extends Binary {
        UnsignedMaximum(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
                Lanes.store(Lanes.load(r, a + i).lanewise(VectorOperators.UMAX, Lanes.load(r, b + i)), r, d, i, lanes);
            }
        }
    }
}
