package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.arithmetic.Float32;
import dev.panacea.runtime.simulator.arithmetic.Float64;
import dev.panacea.runtime.simulator.arithmetic.Rounding;
import dev.panacea.runtime.simulator.arithmetic.SpecialFunctionLanes;
import dev.panacea.runtime.simulator.arithmetic.SpecialFunctions;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.List;
import java.util.Map;

/** ex2, lg2, rcp, rsqrt, sqrt, sin, cos, tanh. */
final class SpecialFunctionFamily {
    private SpecialFunctionFamily() { }

    static void addTo(Map<String, InstructionSet.Decoder> table) {
        for (String opcode : List.of("ex2", "lg2", "rcp", "rsqrt", "sqrt", "sin", "cos", "tanh")) {
            table.put(opcode, SpecialFunctionFamily::decode);
        }
    }

    private static Operation decode(Translation t) {
        t.expectOperands(2, 2);
        return switch (t.type()) {
            case F32 -> t.has("approx") ? approximate(t) : t.lanes(rounded(t), PtxType.F32);
            case F64 -> t.lanes(wide(t), PtxType.F64);
            case F16, F16X2, BF16, BF16X2 -> t.lanes(halves(t), t.type());
            default -> throw t.unknown();
        };
    }

    /** What acts on the registers of all lanes at once. */
    private interface Lanewise {
        void apply(int[] words, int target, int source, int lanes, boolean flush);
    }

    private static Operation approximate(Translation t) {
        boolean flush = t.has("ftz");
        return switch (t.opcode()) {
            case "ex2" -> new LanewiseOperation(t, SpecialFunctionLanes::ex2);
            case "lg2" -> new LanewiseOperation(t, SpecialFunctionLanes::lg2);
            case "rcp" -> new LanewiseOperation(t, SpecialFunctionLanes::rcp);
            case "rsqrt" -> new LanewiseOperation(t, SpecialFunctionLanes::rsqrt);
            case "sqrt" -> t.lanes((a, b, c, d) -> bits(SpecialFunctions.sqrt(of(a), flush)), PtxType.F32);
            case "sin" -> t.lanes((a, b, c, d) -> bits(SpecialFunctions.sin(of(a), flush)), PtxType.F32);
            case "cos" -> t.lanes((a, b, c, d) -> bits(SpecialFunctions.cos(of(a), flush)), PtxType.F32);
            default -> t.lanes((a, b, c, d) -> bits(SpecialFunctions.tanh(of(a))), PtxType.F32);
        };
    }

    private static final class LanewiseOperation extends Operation {
        private final Lanewise function;
        private final int target;
        private final int source;
        private final boolean flush;

        LanewiseOperation(Translation t, Lanewise function) {
            this.function = function;
            target = t.wordTarget(0) / Warp.LANES;
            source = t.word(1, PtxType.F32) / Warp.LANES;
            flush = t.has("ftz");
        }

        @Override
        void execute(Warp warp, int lanes) {
            function.apply(warp.words, target, source, lanes, flush);
        }
    }

    private static LaneOperation.Function rounded(Translation t) {
        Rounding rounding = FloatFamily.rounding(t);
        boolean flush = t.has("ftz");
        return switch (t.opcode()) {
            case "rcp" -> (a, b, c, d) -> bits(Float32.rcp(of(a), rounding, flush));
            case "sqrt" -> (a, b, c, d) -> bits(Float32.sqrt(of(a), rounding, flush));
            default -> throw t.error("needs .approx");
        };
    }

    private static LaneOperation.Function wide(Translation t) {
        Rounding rounding = FloatFamily.rounding(t);
        boolean approximate = t.has("approx");
        return switch (t.opcode()) {
            case "rcp" -> approximate ? (a, b, c, d) -> DoubleFamily.bits(SpecialFunctions.rcpUpper(DoubleFamily.of(a)))
                : (a, b, c, d) -> DoubleFamily.bits(Float64.rcp(DoubleFamily.of(a), rounding));
            case "rsqrt" -> t.has("ftz") ? (a, b, c, d) -> DoubleFamily.bits(SpecialFunctions.rsqrtUpper(DoubleFamily.of(a)))
                : (a, b, c, d) -> DoubleFamily.bits(SpecialFunctions.rsqrt(DoubleFamily.of(a)));
            case "sqrt" -> (a, b, c, d) -> DoubleFamily.bits(Float64.sqrt(DoubleFamily.of(a), rounding));
            default -> throw t.unknown();
        };
    }

    private static LaneOperation.Function halves(Translation t) {
        boolean exponential = t.opcode().equals("ex2");
        if (!exponential && !t.opcode().equals("tanh")) {
            throw t.unknown();
        }
        return switch (t.type()) {
            case F16 -> exponential ? (a, b, c, d) -> SpecialFunctions.ex2Half((short) a)
                : (a, b, c, d) -> SpecialFunctions.tanhHalf((short) a);
            case F16X2 -> exponential ? (a, b, c, d) -> SpecialFunctions.ex2Half((int) a)
                : (a, b, c, d) -> SpecialFunctions.tanhHalf((int) a);
            case BF16 -> exponential ? (a, b, c, d) -> SpecialFunctions.ex2BFloat16((short) a)
                : (a, b, c, d) -> SpecialFunctions.tanhBFloat16((short) a);
            default -> exponential ? (a, b, c, d) -> SpecialFunctions.ex2BFloat16((int) a)
                : (a, b, c, d) -> SpecialFunctions.tanhBFloat16((int) a);
        };
    }

    private static float of(long bits) {
        return FloatFamily.of(bits);
    }

    private static long bits(float value) {
        return FloatFamily.bits(value);
    }
}
