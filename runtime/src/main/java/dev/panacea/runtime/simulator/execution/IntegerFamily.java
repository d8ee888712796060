package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.Map;

/** add, sub, mul, mad, div, rem, abs, neg, min, max, sad and the dot products on integers; floats go to their own families. */
final class IntegerFamily {
    private IntegerFamily() { }

    static void addTo(Map<String, InstructionSet.Decoder> table) {
        table.put("add", t -> t.has("cc") ? CarryFamily.decode(t) : t.type().integer() ? add(t) : other(t));
        table.put("sub", t -> t.has("cc") ? CarryFamily.decode(t) : t.type().integer() ? subtract(t) : other(t));
        table.put("mul", t -> t.type().integer() ? multiply(t) : other(t));
        table.put("mad", t -> t.has("cc") ? CarryFamily.decode(t) : t.type().integer() ? multiplyAdd(t) : other(t));
        table.put("mul24", t -> Products24.decode(t, false));
        table.put("mad24", t -> Products24.decode(t, true));
        table.put("div", t -> t.type().integer() ? Division.decode(t, false) : other(t));
        table.put("rem", t -> Division.decode(t, true));
        table.put("min", t -> t.type().integer() ? extremum(t, false) : other(t));
        table.put("max", t -> t.type().integer() ? extremum(t, true) : other(t));
        table.put("neg", t -> t.type().integer() ? negate(t) : other(t));
        table.put("abs", t -> t.type().integer() ? absolute(t) : other(t));
        table.put("sad", IntegerFamily::sumOfDifferences);
        for (String opcode : CarryFamily.OPCODES) {
            table.put(opcode, CarryFamily::decode);
        }
    }

    private static Operation other(Translation t) {
        return FloatFamily.decode(t);
    }

    private static boolean words(Translation t) {
        return t.type().bits() == Integer.SIZE;
    }

    private static Operation add(Translation t) {
        t.expectOperands(3, 3);
        PtxType type = t.type();
        if (t.has("sat")) {
            return t.lanes((a, b, c, d) -> Math.clamp((long) (int) a + (int) b, Integer.MIN_VALUE, Integer.MAX_VALUE), type);
        }
        return words(t) ? new WordBinary(WordBinary.Kind.ADD, t.wordTarget(0), t.word(1, type), t.word(2, type))
            : type.bits() == Long.SIZE ? new LongBinary(LongBinary.Kind.ADD, t.wideTarget(0), t.wide(1, type), t.wide(2, type))
            : t.lanes((a, b, c, d) -> a + b & mask(type), type);
    }

    private static Operation subtract(Translation t) {
        t.expectOperands(3, 3);
        PtxType type = t.type();
        if (t.has("sat")) {
            return t.lanes((a, b, c, d) -> Math.clamp((long) (int) a - (int) b, Integer.MIN_VALUE, Integer.MAX_VALUE), type);
        }
        return words(t) ? new WordBinary(WordBinary.Kind.SUBTRACT, t.wordTarget(0), t.word(1, type), t.word(2, type))
            : type.bits() == Long.SIZE ? new LongBinary(LongBinary.Kind.SUBTRACT, t.wideTarget(0), t.wide(1, type), t.wide(2, type))
            : t.lanes((a, b, c, d) -> a - b & mask(type), type);
    }

    private static Operation multiply(Translation t) {
        t.expectOperands(3, 3);
        PtxType type = t.type();
        if (t.has("wide") && words(t)) {
            int target = t.wideTarget(0);
            int a = t.word(1, type);
            int b = t.word(2, type);
            return new Widening(Widening.Kind.MULTIPLY, type.signed(), target, a, b, target);
        }
        if (t.has("lo") && words(t)) {
            return new WordBinary(WordBinary.Kind.MULTIPLY, t.wordTarget(0), t.word(1, type), t.word(2, type));
        }
        if (t.has("lo") && type.bits() == Long.SIZE) {
            return t.lanes((a, b, c, d) -> a * b, type);
        }
        LaneOperation.Function product = product(t, type);
        return t.lanes(product, type);
    }

    private static Operation multiplyAdd(Translation t) {
        t.expectOperands(4, 4);
        PtxType type = t.type();
        if (t.has("wide") && words(t)) {
            int target = t.wideTarget(0);
            int a = t.word(1, type);
            int b = t.word(2, type);
            int c = t.wide(3, PtxType.B64);
            return new Widening(Widening.Kind.MULTIPLY_ADD, type.signed(), target, a, b, c);
        }
        if (t.has("lo") && words(t)) {
            return new WordMultiplyAdd(t.wordTarget(0), t.word(1, type), t.word(2, type), t.word(3, type));
        }
        LaneOperation.Function product = product(t, type);
        if (t.has("sat")) {
            return t.lanes((a, b, c, d) -> Math.clamp((long) (int) product.apply(a, b, 0, 0)
                + (int) c, Integer.MIN_VALUE, Integer.MAX_VALUE),
                type);
        }
        PtxType sum = t.has("wide") ? PtxType.B32 : type;
        return new LaneOperation((a, b, c, d) -> product.apply(a, b, 0, 0) + c & mask(sum), t.target(0), t.source(1, type),
            t.source(2, type),
            t.source(3, sum));
    }

    /** The half of the product that .lo, .hi or .wide asks for. */
    static LaneOperation.Function product(Translation t, PtxType type) {
        boolean high = t.has("hi");
        if (!high && !t.has("lo") && !t.has("wide")) {
            throw t.error("needs .lo, .hi or .wide");
        }
        if (type.bits() == Long.SIZE) {
            return !high ? (a, b, c, d) -> a * b
                : type.signed() ? (a, b, c, d) -> Math.multiplyHigh(a, b) : (a, b, c, d) -> Math.unsignedMultiplyHigh(a, b);
        }
        int shift = high ? type.bits() : 0;
        long kept = t.has("wide") ? 0xFFFFFFFFL : mask(type);
        return (a, b, c, d) -> extend(a, type) * extend(b, type) >> shift & kept;
    }

    private static Operation extremum(Translation t, boolean greatest) {
        t.expectOperands(3, 3);
        PtxType type = t.type();
        if (words(t)) {
            WordBinary.Kind signed = greatest ? WordBinary.Kind.MAXIMUM : WordBinary.Kind.MINIMUM;
            WordBinary.Kind unsigned = greatest ? WordBinary.Kind.UNSIGNED_MAXIMUM : WordBinary.Kind.UNSIGNED_MINIMUM;
            return new WordBinary(type.signed() ? signed : unsigned, t.wordTarget(0), t.word(1, type), t.word(2, type));
        }
        return t.lanes((a, b, c, d) -> {
            long x = extend(a, type);
            long y = extend(b, type);
            boolean first = type.signed() ? x < y : Long.compareUnsigned(x, y) < 0;
            return (first == greatest ? y : x) & mask(type);
        }, type);
    }

    private static Operation negate(Translation t) {
        t.expectOperands(2, 2);
        PtxType type = t.type();
        return words(t) ? new WordBinary(WordBinary.Kind.SUBTRACT, t.wordTarget(0), t.literal(0, false).slot(), t.word(1, type))
            : t.lanes((a, b, c, d) -> -a & mask(type), type);
    }

    private static Operation absolute(Translation t) {
        t.expectOperands(2, 2);
        PtxType type = t.type();
        return t.lanes((a, b, c, d) -> Math.abs(extend(a, type)) & mask(type), type);
    }

    private static Operation sumOfDifferences(Translation t) {
        t.expectOperands(4, 4);
        PtxType type = t.type();
        return t.lanes((a, b, c, d) -> {
            long x = extend(a, type);
            long y = extend(b, type);
            boolean less = type.signed() ? x < y : Long.compareUnsigned(x, y) < 0;
            return c + (less ? y - x : x - y) & mask(type);
        }, type);
    }

    /** The bits of a register as a number of {@code type}. */
    static long extend(long bits, PtxType type) {
        return switch (type.bits()) {
            case 8 -> type.signed() ? (byte) bits : bits & 0xFF;
            case 16 -> type.signed() ? (short) bits : bits & 0xFFFF;
            case 32 -> type.signed() ? (int) bits : bits & 0xFFFFFFFFL;
            default -> bits;
        };
    }

    static long mask(PtxType type) {
        return type.bits() == Long.SIZE ? -1 : (1L << type.bits()) - 1;
    }
}
