package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.arithmetic.Comparison;
import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.Map;

/** setp, set, selp, slct, testp: what compares and chooses. */
final class ComparisonFamily {
    private ComparisonFamily() { }

    static void addTo(Map<String, InstructionSet.Decoder> table) {
        table.put("setp", ComparisonFamily::setp);
        table.put("set", ComparisonFamily::set);
        table.put("selp", ComparisonFamily::selp);
        table.put("slct", ComparisonFamily::slct);
        table.put("testp", FloatComparisons::testp);
    }

    private static Operation setp(Translation t) {
        t.expectOperands(3, 4);
        Operand first = t.operand(0);
        boolean pair = first instanceof Operand.Pair;
        int holds = t.predicateTarget(pair ? ((Operand.Pair) first).first() : first);
        int fails = pair ? t.predicateTarget(((Operand.Pair) first).second()) : ProgramBuilder.SINK_PREDICATE;
        boolean joined = t.count() == 4;
        PredicateOperation.Result result = new PredicateOperation.Result(holds, fails, joined ? t.oneOf("", "and", "or", "xor") : "",
            joined ? t.predicate(t.operand(3)) : PredicateSource.TRUE);
        PtxType type = t.type();
        String comparison = t.modifier(0);
        if (type.bits() == Integer.SIZE && type.integer()) {
            return words(t, result, comparison, type);
        }
        if (type == PtxType.F32 && !t.has("ftz")) {
            return floats(t, result, comparison);
        }
        if (type == PtxType.F16X2 || type == PtxType.BF16X2) {
            return FloatComparisons.packed(t, result, comparison, type);
        }
        return new LaneComparison(result, test(t, comparison, type), t.source(1, type), t.source(2, type));
    }

    private static Operation words(Translation t, PredicateOperation.Result result, String comparison, PtxType type) {
        int a = t.word(1, type);
        int b = t.word(2, type);
        VectorComparison.Kind less = type.signed() ? VectorComparison.Kind.LESS : VectorComparison.Kind.UNSIGNED_LESS;
        return switch (comparison) {
            case "eq" -> new VectorComparison(VectorComparison.Kind.EQUAL, result, a, b, false);
            case "ne" -> new VectorComparison(VectorComparison.Kind.EQUAL, result, a, b, true);
            case "lt" -> new VectorComparison(less, result, a, b, false);
            case "gt" -> new VectorComparison(less, result, b, a, false);
            case "ge" -> new VectorComparison(less, result, a, b, true);
            case "le" -> new VectorComparison(less, result, b, a, true);
            default -> new LaneComparison(result, test(t, comparison, type), t.source(1, type), t.source(2, type));
        };
    }

    /** Comparisons that hold for NaN are the opposites of those that do not. */
    private static Operation floats(Translation t, PredicateOperation.Result result, String comparison) {
        int a = t.word(1, PtxType.F32);
        int b = t.word(2, PtxType.F32);
        return switch (comparison) {
            case "eq" -> new VectorComparison(VectorComparison.Kind.FLOAT_EQUAL, result, a, b, false);
            case "neu" -> new VectorComparison(VectorComparison.Kind.FLOAT_EQUAL, result, a, b, true);
            case "lt" -> new VectorComparison(VectorComparison.Kind.FLOAT_LESS, result, a, b, false);
            case "gt" -> new VectorComparison(VectorComparison.Kind.FLOAT_LESS, result, b, a, false);
            case "geu" -> new VectorComparison(VectorComparison.Kind.FLOAT_LESS, result, a, b, true);
            case "leu" -> new VectorComparison(VectorComparison.Kind.FLOAT_LESS, result, b, a, true);
            case "le" -> new VectorComparison(VectorComparison.Kind.FLOAT_NOT_ABOVE, result, a, b, false);
            case "ge" -> new VectorComparison(VectorComparison.Kind.FLOAT_NOT_ABOVE, result, b, a, false);
            case "gtu" -> new VectorComparison(VectorComparison.Kind.FLOAT_NOT_ABOVE, result, a, b, true);
            case "ltu" -> new VectorComparison(VectorComparison.Kind.FLOAT_NOT_ABOVE, result, b, a, true);
            default -> new LaneComparison(result, test(t, comparison, PtxType.F32), t.source(1, PtxType.F32), t.source(2, PtxType.F32));
        };
    }

    static LaneComparison.Test test(Translation t, String comparison, PtxType type) {
        return type.integer() ? integers(t, comparison, type) : FloatComparisons.test(t, comparison, type);
    }

    private static LaneComparison.Test integers(Translation t, String comparison, PtxType type) {
        Comparison operator = FloatComparisons.operator(t, type.signed() ? comparison : switch (comparison) {
            case "lt" -> "lo";
            case "le" -> "ls";
            case "gt" -> "hi";
            case "ge" -> "hs";
            default -> comparison;
        });
        if (operator.compareTo(Comparison.HS) > 0) {
            throw t.error("compares integers as floats are compared");
        }
        return (a, b) -> operator.holds(IntegerFamily.extend(a, type), IntegerFamily.extend(b, type));
    }

    /** set: all ones or 1.0 where the comparison holds. The types of result and sources are the last two modifiers. */
    private static Operation set(Translation t) {
        t.expectOperands(3, 4);
        PtxType type = t.type();
        String comparison = t.modifier(0);
        PtxType result = PtxType.named(t.modifier(t.modifiers().size() - 2));
        if (result == null) {
            throw t.error("names no type for its result");
        }
        if (type == PtxType.F16X2 || type == PtxType.BF16X2) {
            return FloatComparisons.packedSet(t, comparison, type, result);
        }
        LaneComparison.Test test = test(t, comparison, type);
        String join = t.count() == 4 ? t.oneOf("", "and", "or", "xor") : "";
        PredicateSource third = t.count() == 4 ? t.predicate(t.operand(3)) : PredicateSource.TRUE;
        return new SetOperation(test, join, third, FloatComparisons.one(result), t.target(0), t.source(1, type), t.source(2, type));
    }

    private static Operation selp(Translation t) {
        t.expectOperands(4, 4);
        PtxType type = t.type();
        PredicateSource chosen = t.predicate(t.operand(3));
        if (type.bits() <= Integer.SIZE) {
            return new Choice(false, t.wordTarget(0), t.word(1, type), t.word(2, type), chosen);
        }
        return new Choice(true, t.wideTarget(0), t.wide(1, type), t.wide(2, type), chosen);
    }

    /** slct: the first source where the third is not negative. */
    private static Operation slct(Translation t) {
        t.expectOperands(4, 4);
        PtxType by = t.type();
        PtxType type = PtxType.named(t.modifier(t.modifiers().size() - 2));
        if (type == null || by.bits() != Integer.SIZE) {
            throw t.unknown();
        }
        boolean floating = by == PtxType.F32;
        return new LaneOperation((a, b, c, d) -> (floating ? Float.intBitsToFloat((int) c) >= 0 : (int) c >= 0) ? a : b, t.target(0),
            t.source(1, type), t.source(2, type), t.source(3, by));
    }

    private static final class SetOperation extends Operation {
        private final LaneComparison.Test test;
        private final String join;
        private final PredicateSource third;
        private final long one;
        private final Source target;
        private final Source a;
        private final Source b;

        SetOperation(LaneComparison.Test test, String join, PredicateSource third, long one, Source target, Source a, Source b) {
            this.test = test;
            this.join = join;
            this.third = third;
            this.one = one;
            this.target = target;
            this.a = a;
            this.b = b;
        }

        @Override
        void execute(Warp warp, int lanes) {
            int others = third.mask(warp);
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                boolean holds = test.holds(a.bits(warp, lane), b.bits(warp, lane));
                boolean other = (others >>> lane & 1) != 0;
                boolean outcome = switch (join) {
                    case "and" -> holds & other;
                    case "or" -> holds | other;
                    case "xor" -> holds ^ other;
                    default -> holds;
                };
                target.set(warp, lane, outcome ? one : 0);
            }
        }
    }
}
