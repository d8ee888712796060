package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.Map;

/** What the lanes of a warp do together: shfl, vote, match, redux, activemask, bar.warp.sync. */
final class WarpFamily {
    private WarpFamily() { }

    static void addTo(Map<String, InstructionSet.Decoder> table) {
        table.put("shfl", Shuffle::decode);
        table.put("vote", WarpFamily::vote);
        table.put("match", Match::decode);
        table.put("redux", Reduction::decode);
        table.put("activemask", t -> new ActiveMask(t.wordTarget(0)));
    }

    static Operation warpBarrier(Translation t) {
        t.expectOperands(1, 1);
        return new WarpBarrier(t);
    }

    /** An operation that names its members in a register. */
    abstract static class Masked extends ConvergentOperation {
        private final Source members;
        private final boolean literal;

        Masked(Translation t, int operand) {
            members = t.source(operand, PtxType.U32);
            literal = t.operand(operand) instanceof Operand.Immediate;
        }

        @Override
        final int members(Warp warp, int lane) {
            return (int) members.bits(warp, lane);
        }

        @Override
        final int alike(Warp warp, int lanes, int lane) {
            if (literal) {
                return lanes;
            }
            long wanted = members.bits(warp, lane);
            int alike = 0;
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int other = Integer.numberOfTrailingZeros(rest);
                alike |= members.bits(warp, other) == wanted ? 1 << other : 0;
            }
            return alike;
        }
    }

    private static final class WarpBarrier extends Masked {
        WarpBarrier(Translation t) {
            super(t, 0);
        }

        @Override
        void execute(Warp warp, int lanes) {
            if (warp.observer != null) {
                warp.observer.warpSynchronized(site, warp.index, lanes);
            }
        }
    }

    private static final class ActiveMask extends Operation {
        private final int target;

        ActiveMask(int target) {
            this.target = target;
        }

        @Override
        void execute(Warp warp, int lanes) {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                warp.words[target + Integer.numberOfTrailingZeros(rest)] = lanes;
            }
        }
    }

    private static Operation vote(Translation t) {
        if (!t.has("sync")) {
            throw t.error("needs .sync, as all votes since sm_70");
        }
        t.expectOperands(3, 3);
        String mode = t.oneOf("", "ballot", "all", "any", "uni");
        boolean ballot = mode.equals("ballot");
        return new Vote(mode, ballot ? t.wordTarget(0) : t.predicateTarget(t.operand(0)), t.predicate(t.operand(1)), t);
    }

    private static final class Vote extends Masked {
        private final String mode;
        private final int target;
        private final PredicateSource predicate;

        Vote(String mode, int target, PredicateSource predicate, Translation t) {
            super(t, 2);
            this.mode = mode;
            this.target = target;
            this.predicate = predicate;
        }

        @Override
        void execute(Warp warp, int lanes) {
            int held = predicate.mask(warp) & lanes;
            if (mode.equals("ballot")) {
                for (int rest = lanes; rest != 0; rest &= rest - 1) {
                    warp.words[target + Integer.numberOfTrailingZeros(rest)] = held;
                }
                return;
            }
            boolean outcome = switch (mode) {
                case "all" -> held == lanes;
                case "any" -> held != 0;
                default -> held == lanes || held == 0;
            };
            warp.predicates[target] = warp.predicates[target] & ~lanes | (outcome ? lanes : 0);
        }
    }

    /** match.any and match.all: the lanes that hold the same value. */
    private static final class Match extends Masked {
        private final boolean all;
        private final int target;
        private final int alike;
        private final Source value;

        Match(boolean all, int target, int alike, Source value, Translation t) {
            super(t, 2);
            this.all = all;
            this.target = target;
            this.alike = alike;
            this.value = value;
        }

        static Operation decode(Translation t) {
            t.expectOperands(3, 3);
            Operand first = t.operand(0);
            boolean pair = first instanceof Operand.Pair;
            return new Match(t.has("all"), t.wordTarget(pair ? ((Operand.Pair) first).first() : first),
                pair ? t.predicateTarget(((Operand.Pair) first).second()) : ProgramBuilder.SINK_PREDICATE, t.source(1, t.type()), t);
        }

        @Override
        void execute(Warp warp, int lanes) {
            long first = value.bits(warp, Integer.numberOfTrailingZeros(lanes));
            int same = same(warp, first, lanes);
            if (all) {
                fill(warp, lanes, same == lanes ? lanes : 0);
                warp.predicates[alike] = warp.predicates[alike] & ~lanes | (same == lanes ? lanes : 0);
                return;
            }
            for (int rest = lanes; rest != 0;) {
                int group = same(warp, value.bits(warp, Integer.numberOfTrailingZeros(rest)), rest);
                // A group's registers are written when its values have been read; those of others stay.
                fill(warp, group, group);
                rest &= ~group;
            }
        }

        private int same(Warp warp, long wanted, int lanes) {
            int same = 0;
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                same |= value.bits(warp, lane) == wanted ? 1 << lane : 0;
            }
            return same;
        }

        private void fill(Warp warp, int lanes, int word) {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                warp.words[target + Integer.numberOfTrailingZeros(rest)] = word;
            }
        }
    }

    /** redux: one integer from all lanes. */
    private static final class Reduction extends Masked {
        private final String operator;
        private final boolean signed;
        private final int target;
        private final int value;

        Reduction(String operator, boolean signed, int target, int value, Translation t) {
            super(t, 2);
            this.operator = operator;
            this.signed = signed;
            this.target = target;
            this.value = value;
        }

        static Operation decode(Translation t) {
            t.expectOperands(3, 3);
            String operator = t.oneOf("", "add", "min", "max", "and", "or", "xor");
            if (operator.isEmpty() || t.type().bits() != Integer.SIZE || !t.type().integer()) {
                throw t.unknown();
            }
            return new Reduction(operator, t.type().signed(), t.wordTarget(0), t.word(1, t.type()), t);
        }

        @Override
        void execute(Warp warp, int lanes) {
            int result = warp.words[value + Integer.numberOfTrailingZeros(lanes)];
            for (int rest = lanes & lanes - 1; rest != 0; rest &= rest - 1) {
                result = combine(result, warp.words[value + Integer.numberOfTrailingZeros(rest)]);
            }
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                warp.words[target + Integer.numberOfTrailingZeros(rest)] = result;
            }
        }

        private int combine(int a, int b) {
            int order = signed ? Integer.compare(a, b) : Integer.compareUnsigned(a, b);
            return switch (operator) {
                case "add" -> a + b;
                case "min" -> order < 0 ? a : b;
                case "max" -> order > 0 ? a : b;
                case "and" -> a & b;
                case "or" -> a | b;
                default -> a ^ b;
            };
        }
    }
}
