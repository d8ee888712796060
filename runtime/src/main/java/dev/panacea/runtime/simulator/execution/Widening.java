package dev.panacea.runtime.simulator.execution;

/** From 32 bits to 64 and back: mul.wide, mad.wide and the conversions of addresses. */
final class Widening {
    private Widening() { }

    /** mul.wide.s32. */
    static final class Signed extends WordOperations.Binary {
        Signed(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            long[] w = warp.longs;
            if (lanes == Warp.ALL) {
                for (int i = 0; i < Warp.LANES; i++) {
                    w[d + i] = (long) r[a + i] * r[b + i];
                }
                return;
            }
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int i = Integer.numberOfTrailingZeros(rest);
                w[d + i] = (long) r[a + i] * r[b + i];
            }
        }
    }

    /** mul.wide.u32. */
    static final class Unsigned extends WordOperations.Binary {
        Unsigned(int d, int a, int b) {
            super(d, a, b);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            long[] w = warp.longs;
            if (lanes == Warp.ALL) {
                for (int i = 0; i < Warp.LANES; i++) {
                    w[d + i] = (r[a + i] & 0xFFFFFFFFL) * (r[b + i] & 0xFFFFFFFFL);
                }
                return;
            }
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int i = Integer.numberOfTrailingZeros(rest);
                w[d + i] = (r[a + i] & 0xFFFFFFFFL) * (r[b + i] & 0xFFFFFFFFL);
            }
        }
    }

    /** mad.wide.s32. */
    static final class SignedAdd extends WordOperations.Ternary {
        SignedAdd(int d, int a, int b, int c) {
            super(d, a, b, c);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            long[] w = warp.longs;
            if (lanes == Warp.ALL) {
                for (int i = 0; i < Warp.LANES; i++) {
                    w[d + i] = (long) r[a + i] * r[b + i] + w[c + i];
                }
                return;
            }
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int i = Integer.numberOfTrailingZeros(rest);
                w[d + i] = (long) r[a + i] * r[b + i] + w[c + i];
            }
        }
    }

    /** mad.wide.u32. */
    static final class UnsignedAdd extends WordOperations.Ternary {
        UnsignedAdd(int d, int a, int b, int c) {
            super(d, a, b, c);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            long[] w = warp.longs;
            if (lanes == Warp.ALL) {
                for (int i = 0; i < Warp.LANES; i++) {
                    w[d + i] = (r[a + i] & 0xFFFFFFFFL) * (r[b + i] & 0xFFFFFFFFL) + w[c + i];
                }
                return;
            }
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int i = Integer.numberOfTrailingZeros(rest);
                w[d + i] = (r[a + i] & 0xFFFFFFFFL) * (r[b + i] & 0xFFFFFFFFL) + w[c + i];
            }
        }
    }

    /** cvt.s64.s32. */
    static final class Extend extends Operation {
        private final int d;
        private final int a;

        Extend(int d, int a) {
            this.d = d;
            this.a = a;
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            long[] w = warp.longs;
            if (lanes == Warp.ALL) {
                for (int i = 0; i < Warp.LANES; i++) {
                    w[d + i] = r[a + i];
                }
                return;
            }
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int i = Integer.numberOfTrailingZeros(rest);
                w[d + i] = r[a + i];
            }
        }
    }

    /** cvt.u64.u32. */
    static final class ZeroExtend extends Operation {
        private final int d;
        private final int a;

        ZeroExtend(int d, int a) {
            this.d = d;
            this.a = a;
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            long[] w = warp.longs;
            if (lanes == Warp.ALL) {
                for (int i = 0; i < Warp.LANES; i++) {
                    w[d + i] = r[a + i] & 0xFFFFFFFFL;
                }
                return;
            }
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int i = Integer.numberOfTrailingZeros(rest);
                w[d + i] = r[a + i] & 0xFFFFFFFFL;
            }
        }
    }

    /** cvt.u32.u64. */
    static final class Narrow extends Operation {
        private final int d;
        private final int a;

        Narrow(int d, int a) {
            this.d = d;
            this.a = a;
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[] r = warp.words;
            long[] w = warp.longs;
            if (lanes == Warp.ALL) {
                for (int i = 0; i < Warp.LANES; i++) {
                    r[d + i] = (int) w[a + i];
                }
                return;
            }
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int i = Integer.numberOfTrailingZeros(rest);
                r[d + i] = (int) w[a + i];
            }
        }
    }
}
