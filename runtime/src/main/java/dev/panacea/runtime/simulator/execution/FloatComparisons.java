package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.arithmetic.BFloat16;
import dev.panacea.runtime.simulator.arithmetic.Comparison;
import dev.panacea.runtime.simulator.arithmetic.Float32;
import dev.panacea.runtime.simulator.arithmetic.Half;
import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.Locale;

/** Comparisons of floats of all formats, and testp. */
final class FloatComparisons {
    private static final int HALF_BITS = 16;
    private static final long ONE_F32 = 0x3F800000L;

    private FloatComparisons() { }

    static Comparison operator(Translation t, String name) {
        try {
            return Comparison.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw t.error("has an unknown comparison");
        }
    }

    static LaneComparison.Test test(Translation t, String comparison, PtxType type) {
        Comparison operator = operator(t, comparison);
        if (operator.compareTo(Comparison.LO) >= 0 && operator.compareTo(Comparison.HS) <= 0) {
            throw t.error("compares floats as unsigned integers are compared");
        }
        boolean flush = t.has("ftz");
        return switch (type) {
            case F32 -> flush ? (a, b) -> operator.holds(Float32.flush(single(a)), Float32.flush(single(b)))
                : (a, b) -> operator.holds(single(a), single(b));
            case F64 -> (a, b) -> operator.holds(Double.longBitsToDouble(a), Double.longBitsToDouble(b));
            case F16 -> (a, b) -> Half.set(operator, (short) a, (short) b, flush) != 0;
            case BF16 -> (a, b) -> BFloat16.set(operator, (short) a, (short) b) != 0;
            default -> throw t.unknown();
        };
    }

    /** setp on pairs: the first predicate is the low half's, the second the high half's. */
    static Operation packed(Translation t, PredicateOperation.Result result, String comparison, PtxType type) {
        LaneComparison.Test test = test(t, comparison, type == PtxType.F16X2 ? PtxType.F16 : PtxType.BF16);
        if (!result.join().isEmpty() || !(t.operand(0) instanceof Operand.Pair)) {
            throw t.error("needs two predicates for its result");
        }
        Source a = t.source(1, type);
        Source b = t.source(2, type);
        return new PackedComparison(result.holds(), result.fails(), test, a, b);
    }

    private static final class PackedComparison extends Operation {
        private final int low;
        private final int high;
        private final LaneComparison.Test test;
        private final Source a;
        private final Source b;

        PackedComparison(int low, int high, LaneComparison.Test test, Source a, Source b) {
            this.low = low;
            this.high = high;
            this.test = test;
            this.a = a;
            this.b = b;
        }

        @Override
        void execute(Warp warp, int lanes) {
            int lows = 0;
            int highs = 0;
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long x = a.bits(warp, lane);
                long y = b.bits(warp, lane);
                lows |= test.holds(x, y) ? 1 << lane : 0;
                highs |= test.holds(x >> HALF_BITS, y >> HALF_BITS) ? 1 << lane : 0;
            }
            warp.predicates[low] = warp.predicates[low] & ~lanes | lows;
            warp.predicates[high] = warp.predicates[high] & ~lanes | highs;
        }
    }

    /** set on pairs: 1.0 in each half where it holds, or all ones for an integer result. */
    static Operation packedSet(Translation t, String comparison, PtxType type, PtxType result) {
        LaneComparison.Test test = test(t, comparison, type == PtxType.F16X2 ? PtxType.F16 : PtxType.BF16);
        long one = switch (result) {
            case F16X2 -> Half.ONE;
            case BF16X2 -> BFloat16.ONE;
            default -> 0xFFFF;
        };
        t.expectOperands(3, 3);
        return t.lanes((a, b, c, d) -> (test.holds(a, b) ? one : 0)
            | (test.holds(a >> HALF_BITS, b >> HALF_BITS) ? one << HALF_BITS : 0), type);
    }

    /** What set writes where its comparison holds. */
    static long one(PtxType result) {
        return switch (result) {
            case F32 -> ONE_F32;
            case F16 -> Half.ONE;
            case BF16 -> BFloat16.ONE;
            default -> IntegerFamily.mask(result);
        };
    }

    static Operation testp(Translation t) {
        t.expectOperands(2, 2);
        PtxType type = t.type();
        String property = t.modifier(0);
        LaneComparison.Test test = type == PtxType.F32 ? (a, b) -> hasProperty(t, property, single(a), Float.MIN_NORMAL)
            : (a, b) -> hasProperty(t, property, Double.longBitsToDouble(a), Double.MIN_NORMAL);
        test.holds(0, 0);
        Source a = t.source(1, type);
        return new LaneComparison(new PredicateOperation.Result(t.predicateTarget(t.operand(0)), ProgramBuilder.SINK_PREDICATE, "",
            PredicateSource.TRUE), test, a, a);
    }

    private static boolean hasProperty(Translation t, String property, double x, double leastNormal) {
        return switch (property) {
            case "finite" -> Double.isFinite(x);
            case "infinite" -> Double.isInfinite(x);
            case "number" -> !Double.isNaN(x);
            case "notanumber" -> Double.isNaN(x);
            case "normal" -> Double.isFinite(x) && Math.abs(x) >= leastNormal;
            case "subnormal" -> x != 0 && Math.abs(x) < leastNormal;
            default -> throw t.error("tests an unknown property");
        };
    }

    private static float single(long bits) {
        return Float.intBitsToFloat((int) bits);
    }
}
