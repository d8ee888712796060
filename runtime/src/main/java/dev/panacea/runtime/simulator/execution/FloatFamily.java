package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.arithmetic.Float32;
import dev.panacea.runtime.simulator.arithmetic.Rounding;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.Map;

/** Arithmetic on f32; f64 and the halves go to their own families. */
final class FloatFamily {
    private FloatFamily() { }

    static void addTo(Map<String, InstructionSet.Decoder> table) {
        table.put("fma", FloatFamily::decode);
        table.put("copysign", FloatFamily::copySign);
    }

    /** add, sub, mul, fma, mad, div, min, max, neg, abs on floats of any format. */
    static Operation decode(Translation t) {
        return switch (t.type()) {
            case F32 -> single(t);
            case F64 -> DoubleFamily.decode(t);
            case F16, F16X2, BF16, BF16X2 -> HalfFamily.decode(t);
            default -> throw t.unknown();
        };
    }

    private static Operation single(Translation t) {
        boolean flush = t.has("ftz");
        boolean plain = rounding(t) == Rounding.NEAREST_EVEN && !t.has("sat");
        boolean ternary = t.opcode().equals("fma") || t.opcode().equals("mad");
        boolean unary = t.opcode().equals("neg") || t.opcode().equals("abs");
        t.expectOperands(unary ? 2 : ternary ? 4 : 3, unary ? 2 : t.count() == 4 ? 4 : 3);
        return switch (t.opcode()) {
            case "add" -> plain ? new FloatBinary(FloatBinary.Kind.ADD, t.wordTarget(0), word(t, 1), word(t, 2), flush) : rounded(t);
            case "sub" -> plain ? new FloatBinary(FloatBinary.Kind.SUBTRACT, t.wordTarget(0), word(t, 1), word(t, 2), flush) : rounded(t);
            case "mul" -> plain ? new FloatBinary(FloatBinary.Kind.MULTIPLY, t.wordTarget(0), word(t, 1), word(t, 2), flush) : rounded(t);
            case "fma", "mad" -> plain
                ? new FloatMultiplyAdd(t.wordTarget(0), word(t, 1), word(t, 2), word(t, 3), flush) : rounded(t);
            case "div" -> divide(t, flush);
            case "min", "max" -> extremum(t, flush);
            case "neg" -> flush ? t.lanes((a, b, c, d) -> bits(-Float32.flush(of(a))), PtxType.F32)
                : new WordBinary(WordBinary.Kind.XOR, t.wordTarget(0), word(t, 1), t.literal(Integer.MIN_VALUE, false).slot());
            case "abs" -> flush ? t.lanes((a, b, c, d) -> bits(Math.abs(Float32.flush(of(a)))), PtxType.F32)
                : new WordBinary(WordBinary.Kind.AND, t.wordTarget(0), word(t, 1), t.literal(Integer.MAX_VALUE, false).slot());
            default -> throw t.unknown();
        };
    }

    private static int word(Translation t, int index) {
        return t.word(index, PtxType.F32);
    }

    private static Operation rounded(Translation t) {
        Rounding rounding = rounding(t);
        boolean flush = t.has("ftz");
        LaneOperation.Function function = switch (t.opcode()) {
            case "add" -> (a, b, c, d) -> bits(Float32.add(of(a), of(b), rounding, flush));
            case "sub" -> (a, b, c, d) -> bits(Float32.sub(of(a), of(b), rounding, flush));
            case "mul" -> (a, b, c, d) -> bits(Float32.mul(of(a), of(b), rounding, flush));
            default -> (a, b, c, d) -> bits(Float32.fma(of(a), of(b), of(c), rounding, flush));
        };
        return t.lanes(t.has("sat") ? (a, b, c, d) -> bits(Float32.saturate(of(function.apply(a, b, c, d)))) : function, PtxType.F32);
    }

    private static Operation divide(Translation t, boolean flush) {
        Rounding rounding = rounding(t);
        return t.lanes(t.has("approx") ? (a, b, c, d) -> bits(Float32.divApprox(of(a), of(b), flush))
            : t.has("full") ? (a, b, c, d) -> bits(Float32.divFull(of(a), of(b), flush))
            : (a, b, c, d) -> bits(Float32.div(of(a), of(b), rounding, flush)), PtxType.F32);
    }

    private static Operation extremum(Translation t, boolean flush) {
        boolean greatest = t.opcode().equals("max");
        boolean nan = t.has("NaN");
        if (t.count() == 4) {
            LaneOperation.Function two = two(greatest, nan, flush);
            return t.lanes((a, b, c, d) -> two.apply(two.apply(a, b, 0, 0), c, 0, 0), PtxType.F32);
        }
        if (t.has("xorsign")) {
            return t.lanes(greatest ? (a, b, c, d) -> bits(Float32.maxXorSign(of(a), of(b), nan, flush))
                : (a, b, c, d) -> bits(Float32.minXorSign(of(a), of(b), nan, flush)), PtxType.F32);
        }
        if (nan) {
            return t.lanes(two(greatest, nan, flush), PtxType.F32);
        }
        return greatest ? new FloatBinary(FloatBinary.Kind.MAXIMUM, t.wordTarget(0), word(t, 1), word(t, 2), flush)
            : new FloatBinary(FloatBinary.Kind.MINIMUM, t.wordTarget(0), word(t, 1), word(t, 2), flush);
    }

    private static LaneOperation.Function two(boolean greatest, boolean nan, boolean flush) {
        return greatest ? (a, b, c, d) -> bits(Float32.max(of(a), of(b), nan, flush))
            : (a, b, c, d) -> bits(Float32.min(of(a), of(b), nan, flush));
    }

    /** The sign of the first source on the second. */
    private static Operation copySign(Translation t) {
        t.expectOperands(3, 3);
        return switch (t.type()) {
            case F32 -> t.lanes((a, b, c, d) -> a & Integer.MIN_VALUE | b & Integer.MAX_VALUE, PtxType.F32);
            case F64 -> t.lanes((a, b, c, d) -> a & Long.MIN_VALUE | b & Long.MAX_VALUE, PtxType.F64);
            default -> throw t.unknown();
        };
    }

    static Rounding rounding(Translation t) {
        return t.has("rz") ? Rounding.ZERO : t.has("rm") ? Rounding.DOWN : t.has("rp") ? Rounding.UP : Rounding.NEAREST_EVEN;
    }

    static float of(long bits) {
        return Float.intBitsToFloat((int) bits);
    }

    static long bits(float value) {
        return Float.floatToRawIntBits(value);
    }
}
