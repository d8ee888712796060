package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.arithmetic.Float64;
import dev.panacea.runtime.simulator.arithmetic.Rounding;
import dev.panacea.runtime.simulator.ptx.PtxType;

/** Arithmetic on f64. */
final class DoubleFamily {
    private DoubleFamily() { }

    static Operation decode(Translation t) {
        Rounding rounding = FloatFamily.rounding(t);
        int operands = switch (t.opcode()) {
            case "fma", "mad" -> 4;
            case "neg", "abs" -> 2;
            default -> 3;
        };
        t.expectOperands(operands, operands);
        return t.lanes(switch (t.opcode()) {
            case "add" -> (a, b, c, d) -> bits(Float64.add(of(a), of(b), rounding));
            case "sub" -> (a, b, c, d) -> bits(Float64.sub(of(a), of(b), rounding));
            case "mul" -> (a, b, c, d) -> bits(Float64.mul(of(a), of(b), rounding));
            case "fma", "mad" -> (a, b, c, d) -> bits(Float64.fma(of(a), of(b), of(c), rounding));
            case "div" -> (a, b, c, d) -> bits(Float64.div(of(a), of(b), rounding));
            case "min" -> (a, b, c, d) -> bits(Float64.min(of(a), of(b)));
            case "max" -> (a, b, c, d) -> bits(Float64.max(of(a), of(b)));
            case "neg" -> (a, b, c, d) -> a ^ Long.MIN_VALUE;
            case "abs" -> (a, b, c, d) -> a & Long.MAX_VALUE;
            default -> throw t.unknown();
        }, PtxType.F64);
    }

    static double of(long bits) {
        return Double.longBitsToDouble(bits);
    }

    static long bits(double value) {
        return Double.doubleToRawLongBits(value);
    }
}
