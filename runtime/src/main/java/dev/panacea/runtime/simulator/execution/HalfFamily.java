package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.arithmetic.BFloat16;
import dev.panacea.runtime.simulator.arithmetic.Half;
import dev.panacea.runtime.simulator.ptx.PtxType;

/** Arithmetic on f16, bf16 and pairs of them. */
final class HalfFamily {
    private HalfFamily() { }

    static Operation decode(Translation t) {
        int operands = switch (t.opcode()) {
            case "fma" -> 4;
            case "neg", "abs" -> 2;
            default -> 3;
        };
        t.expectOperands(operands, operands);
        return t.lanes(switch (t.type()) {
            case F16 -> half(t);
            case F16X2 -> halves(t);
            case BF16 -> brain(t);
            default -> brains(t);
        }, t.type());
    }

    private static LaneOperation.Function half(Translation t) {
        boolean flush = t.has("ftz");
        boolean sat = t.has("sat");
        boolean relu = t.has("relu");
        boolean nan = t.has("NaN");
        return switch (t.opcode()) {
            case "add" -> (a, b, c, d) -> Half.add((short) a, (short) b, flush, sat);
            case "sub" -> (a, b, c, d) -> Half.sub((short) a, (short) b, flush, sat);
            case "mul" -> (a, b, c, d) -> Half.mul((short) a, (short) b, flush, sat);
            case "fma" -> (a, b, c, d) -> Half.fma((short) a, (short) b, (short) c, flush, sat, relu);
            case "min" -> (a, b, c, d) -> Half.min((short) a, (short) b, nan, flush);
            case "max" -> (a, b, c, d) -> Half.max((short) a, (short) b, nan, flush);
            case "neg" -> (a, b, c, d) -> Half.neg((short) a);
            case "abs" -> (a, b, c, d) -> Half.abs((short) a);
            default -> throw t.unknown();
        };
    }

    private static LaneOperation.Function halves(Translation t) {
        boolean flush = t.has("ftz");
        boolean sat = t.has("sat");
        boolean relu = t.has("relu");
        boolean nan = t.has("NaN");
        return switch (t.opcode()) {
            case "add" -> (a, b, c, d) -> Half.add((int) a, (int) b, flush, sat);
            case "sub" -> (a, b, c, d) -> Half.sub((int) a, (int) b, flush, sat);
            case "mul" -> (a, b, c, d) -> Half.mul((int) a, (int) b, flush, sat);
            case "fma" -> (a, b, c, d) -> Half.fma((int) a, (int) b, (int) c, flush, sat, relu);
            case "min" -> (a, b, c, d) -> Half.min((int) a, (int) b, nan, flush);
            case "max" -> (a, b, c, d) -> Half.max((int) a, (int) b, nan, flush);
            case "neg" -> (a, b, c, d) -> Half.neg((int) a);
            case "abs" -> (a, b, c, d) -> Half.abs((int) a);
            default -> throw t.unknown();
        };
    }

    private static LaneOperation.Function brain(Translation t) {
        boolean relu = t.has("relu");
        boolean nan = t.has("NaN");
        return switch (t.opcode()) {
            case "add" -> (a, b, c, d) -> BFloat16.add((short) a, (short) b);
            case "sub" -> (a, b, c, d) -> BFloat16.sub((short) a, (short) b);
            case "mul" -> (a, b, c, d) -> BFloat16.mul((short) a, (short) b);
            case "fma" -> (a, b, c, d) -> BFloat16.fma((short) a, (short) b, (short) c, relu);
            case "min" -> (a, b, c, d) -> BFloat16.min((short) a, (short) b, nan);
            case "max" -> (a, b, c, d) -> BFloat16.max((short) a, (short) b, nan);
            case "neg" -> (a, b, c, d) -> Half.neg((short) a);
            case "abs" -> (a, b, c, d) -> Half.abs((short) a);
            default -> throw t.unknown();
        };
    }

    private static LaneOperation.Function brains(Translation t) {
        if (t.type() != PtxType.BF16X2) {
            throw t.unknown();
        }
        boolean relu = t.has("relu");
        boolean nan = t.has("NaN");
        return switch (t.opcode()) {
            case "add" -> (a, b, c, d) -> BFloat16.add((int) a, (int) b);
            case "sub" -> (a, b, c, d) -> BFloat16.sub((int) a, (int) b);
            case "mul" -> (a, b, c, d) -> BFloat16.mul((int) a, (int) b);
            case "fma" -> (a, b, c, d) -> BFloat16.fma((int) a, (int) b, (int) c, relu);
            case "min" -> (a, b, c, d) -> BFloat16.min((int) a, (int) b, nan);
            case "max" -> (a, b, c, d) -> BFloat16.max((int) a, (int) b, nan);
            case "neg" -> (a, b, c, d) -> Half.neg((int) a);
            case "abs" -> (a, b, c, d) -> Half.abs((int) a);
            default -> throw t.unknown();
        };
    }
}
