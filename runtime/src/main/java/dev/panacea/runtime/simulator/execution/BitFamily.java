package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.arithmetic.Bits;
import dev.panacea.runtime.simulator.arithmetic.Integers;
import dev.panacea.runtime.simulator.arithmetic.PermuteMode;
import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.Locale;
import java.util.Map;

/** Logic, shifts, bit fields, permutations and dot products of bytes. */
final class BitFamily {
    private BitFamily() { }

    static void addTo(Map<String, InstructionSet.Decoder> table) {
        table.put("and", BitFamily::logic);
        table.put("or", BitFamily::logic);
        table.put("xor", BitFamily::logic);
        table.put("not", BitFamily::not);
        table.put("cnot", BitFamily::logicalNot);
        table.put("shl", BitFamily::shift);
        table.put("shr", BitFamily::shift);
        table.put("shf", BitFamily::funnel);
        table.put("lop3", BitFamily::lop3);
        table.put("prmt", BitFamily::permute);
        table.put("bfe", BitFamily::extract);
        table.put("bfi", BitFamily::insert);
        table.put("bfind", BitFamily::find);
        table.put("clz", t -> t.lanes(long64(t) ? (a, b, c, d) -> Long.numberOfLeadingZeros(a)
            : (a, b, c, d) -> Integer.numberOfLeadingZeros((int) a), t.type()));
        table.put("popc", t -> t.lanes(long64(t) ? (a, b, c, d) -> Long.bitCount(a) : (a, b, c, d) -> Integer.bitCount((int) a), t.type()));
        table.put("brev", t -> t.lanes(long64(t) ? (a, b, c, d) -> Long.reverse(a) : (a, b, c, d) -> Integer.reverse((int) a), t.type()));
        table.put("fns", t -> t.lanes((a, b, c, d) -> Bits.fns((int) a, (int) b, (int) c), PtxType.B32));
        table.put("bmsk", BitFamily::bitMask);
        table.put("szext", BitFamily::extend);
        table.put("vabsdiff4", BitFamily::byteDifferences);
        table.put("dp4a", t -> dotProduct(t, false));
        table.put("dp2a", t -> dotProduct(t, true));
    }

    private static boolean long64(Translation t) {
        return t.type().bits() == Long.SIZE;
    }

    private static Operation logic(Translation t) {
        t.expectOperands(3, 3);
        PtxType type = t.type();
        if (type == PtxType.PRED) {
            return new PredicateLogic(t.opcode(), t.predicateTarget(t.operand(0)), t.predicate(t.operand(1)), t.predicate(t.operand(2)));
        }
        if (long64(t)) {
            int d = t.wideTarget(0);
            int a = t.wide(1, type);
            int b = t.wide(2, type);
            return switch (t.opcode()) {
                case "and" -> new LongOperations.And(d, a, b);
                case "or" -> new LongOperations.Or(d, a, b);
                default -> new LongOperations.Xor(d, a, b);
            };
        }
        int d = t.wordTarget(0);
        int a = t.word(1, type);
        int b = t.word(2, type);
        return switch (t.opcode()) {
            case "and" -> new WordOperations.And(d, a, b);
            case "or" -> new WordOperations.Or(d, a, b);
            default -> new WordOperations.Xor(d, a, b);
        };
    }

    private static Operation not(Translation t) {
        t.expectOperands(2, 2);
        PtxType type = t.type();
        if (type == PtxType.PRED) {
            return new PredicateLogic("xor", t.predicateTarget(t.operand(0)), t.predicate(t.operand(1)), PredicateSource.TRUE);
        }
        return long64(t) ? new LongOperations.Xor(t.wideTarget(0), t.wide(1, type), t.literal(-1, true).slot())
            : new WordOperations.Xor(t.wordTarget(0), t.word(1, type), t.literal(-1, false).slot());
    }

    private static Operation logicalNot(Translation t) {
        t.expectOperands(2, 2);
        PtxType type = t.type();
        return t.lanes((a, b, c, d) -> IntegerFamily.extend(a, type) == 0 ? 1 : 0, type);
    }

    /** and, or, xor of predicates. */
    private static final class PredicateLogic extends Operation {
        private final String opcode;
        private final int target;
        private final PredicateSource a;
        private final PredicateSource b;

        PredicateLogic(String opcode, int target, PredicateSource a, PredicateSource b) {
            this.opcode = opcode;
            this.target = target;
            this.a = a;
            this.b = b;
        }

        @Override
        void execute(Warp warp, int lanes) {
            int x = a.mask(warp);
            int y = b.mask(warp);
            int result = switch (opcode) {
                case "and" -> x & y;
                case "or" -> x | y;
                default -> x ^ y;
            };
            warp.predicates[target] = warp.predicates[target] & ~lanes | result & lanes;
        }
    }

    private static Operation shift(Translation t) {
        t.expectOperands(3, 3);
        PtxType type = t.type();
        boolean left = t.opcode().equals("shl");
        if (long64(t)) {
            if (t.operand(2) instanceof Operand.Immediate literal && literal.bits() >= 0 && literal.bits() < Long.SIZE) {
                return new LongOperations.Shift(t.wideTarget(0), t.wide(1, type), (int) literal.bits(), left, type.signed());
            }
            return new LaneOperation(left ? (a, b, c, d) -> Bits.shl(a, (int) b)
                : type.signed() ? (a, b, c, d) -> Bits.shr(a, (int) b) : (a, b, c, d) -> Bits.shrUnsigned(a, (int) b),
                t.target(0), t.source(1, type), t.source(2, PtxType.U32));
        }
        if (type.bits() < Integer.SIZE) {
            return new LaneOperation((a, b, c, d) -> {
                int amount = (int) Math.min(b & 0xFFFFFFFFL, type.bits());
                long x = IntegerFamily.extend(a, type);
                return (left ? x << amount : x >> amount) & IntegerFamily.mask(type);
            }, t.target(0), t.source(1, type), t.source(2, PtxType.U32));
        }
        int d = t.wordTarget(0);
        int a = t.word(1, type);
        int b = t.word(2, PtxType.U32);
        return left ? new WordMoves.ShiftLeft(d, a, b)
            : type.signed() ? new WordMoves.ShiftRightSigned(d, a, b) : new WordMoves.ShiftRight(d, a, b);
    }

    private static Operation funnel(Translation t) {
        t.expectOperands(4, 4);
        boolean left = t.has("l");
        if (!left && !t.has("r") || !t.has("wrap") && !t.has("clamp")) {
            throw t.unknown();
        }
        return t.lanes(t.has("wrap")
            ? left ? (a, b, c, d) -> Bits.shfLeftWrap((int) a, (int) b, (int) c) : (a, b, c, d) -> Bits.shfRightWrap((int) a, (int) b, (int) c)
            : left ? (a, b, c, d) -> Bits.shfLeftClamp((int) a, (int) b, (int) c)
            : (a, b, c, d) -> Bits.shfRightClamp((int) a, (int) b, (int) c), PtxType.B32);
    }

    private static Operation lop3(Translation t) {
        t.expectOperands(5, 5);
        if (!(t.operand(4) instanceof Operand.Immediate literal) || t.operand(0) instanceof Operand.Pair) {
            throw t.unknown();
        }
        int table = (int) literal.bits() & 0xFF;
        return new LaneOperation((a, b, c, d) -> Bits.lop3((int) a, (int) b, (int) c, table), t.target(0), t.source(1, PtxType.B32),
            t.source(2, PtxType.B32), t.source(3, PtxType.B32));
    }

    private static Operation permute(Translation t) {
        t.expectOperands(4, 4);
        String mode = t.oneOf("", "f4e", "b4e", "rc8", "ecl", "ecr", "rc16");
        if (mode.isEmpty()) {
            return t.lanes((a, b, c, d) -> Bits.prmt((int) a, (int) b, (int) c), PtxType.B32);
        }
        PermuteMode permutation = PermuteMode.valueOf(mode.toUpperCase(Locale.ROOT));
        return t.lanes((a, b, c, d) -> Bits.prmt((int) a, (int) b, (int) c, permutation), PtxType.B32);
    }

    private static Operation extract(Translation t) {
        t.expectOperands(4, 4);
        PtxType type = t.type();
        boolean signed = type.signed();
        return new LaneOperation(long64(t)
            ? signed ? (a, b, c, d) -> Bits.bfe(a, (int) b, (int) c) : (a, b, c, d) -> Bits.bfeUnsigned(a, (int) b, (int) c)
            : signed ? (a, b, c, d) -> Bits.bfe((int) a, (int) b, (int) c) : (a, b, c, d) -> Bits.bfeUnsigned((int) a, (int) b, (int) c),
            t.target(0), t.source(1, type), t.source(2, PtxType.U32), t.source(3, PtxType.U32));
    }

    private static Operation insert(Translation t) {
        t.expectOperands(5, 5);
        PtxType type = t.type();
        return new LaneOperation(long64(t) ? (a, b, c, d) -> Bits.bfi(a, b, (int) c, (int) d)
            : (a, b, c, d) -> Bits.bfi((int) a, (int) b, (int) c, (int) d),
            t.target(0), t.source(1, type), t.source(2, type), t.source(3, PtxType.U32), t.source(4, PtxType.U32));
    }

    private static Operation find(Translation t) {
        t.expectOperands(2, 2);
        PtxType type = t.type();
        boolean signed = type.signed();
        boolean amount = t.has("shiftamt");
        int bits = type.bits();
        return t.lanes((a, b, c, d) -> {
            int found = bits == Long.SIZE ? signed ? Bits.bfind(a) : Bits.bfindUnsigned(a)
                : signed ? Bits.bfind((int) a) : Bits.bfindUnsigned((int) a);
            return amount ? Bits.shiftAmount(found, bits) : found;
        }, type);
    }

    private static Operation bitMask(Translation t) {
        t.expectOperands(3, 3);
        boolean wrap = t.has("wrap");
        return t.lanes((a, b, c, d) -> Bits.bmsk((int) a, (int) b, wrap), PtxType.B32);
    }

    private static Operation extend(Translation t) {
        t.expectOperands(3, 3);
        boolean wrap = t.has("wrap");
        return t.lanes(t.type().signed() ? (a, b, c, d) -> Bits.szext((int) a, (int) b, wrap)
            : (a, b, c, d) -> Bits.szextUnsigned((int) a, (int) b, wrap), PtxType.B32);
    }

    /** vabsdiff4: the distances of four bytes, or with .add their sum and the third source. */
    private static Operation byteDifferences(Translation t) {
        t.expectOperands(4, 4);
        if (t.modifiers().stream().filter(modifier -> modifier.equals("u32")).count() < 3) {
            throw t.unknown();
        }
        boolean add = t.has("add");
        return t.lanes((a, b, c, d) -> {
            long result = add ? c : 0;
            for (int i = 0; i < Integer.SIZE; i += Byte.SIZE) {
                long distance = Math.abs((a >> i & 0xFF) - (b >> i & 0xFF));
                result += add ? distance : distance << i;
            }
            return result;
        }, PtxType.B32);
    }

    /** dp4a and dp2a name the types of both sources, the first source's first. */
    private static Operation dotProduct(Translation t, boolean two) {
        t.expectOperands(4, 4);
        int last = t.modifiers().size() - 1;
        boolean signedA = t.modifier(last - 1).equals("s32");
        boolean signedB = t.modifier(last).equals("s32");
        boolean upper = t.has("hi");
        return t.lanes(two ? (a, b, c, d) -> Integers.dp2a((int) a, signedA, (int) b, signedB, (int) c, upper)
            : (a, b, c, d) -> Integers.dp4a((int) a, signedA, (int) b, signedB, (int) c), PtxType.B32);
    }
}
