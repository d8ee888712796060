package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.arithmetic.BFloat16;
import dev.panacea.runtime.simulator.arithmetic.Conversions;
import dev.panacea.runtime.simulator.arithmetic.Float32;
import dev.panacea.runtime.simulator.arithmetic.Float64;
import dev.panacea.runtime.simulator.arithmetic.Half;
import dev.panacea.runtime.simulator.arithmetic.IntegerConversions;
import dev.panacea.runtime.simulator.arithmetic.Rounding;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.List;
import java.util.Map;

/** cvt: between integers, between floats, and from one to the other. The target's type is named first. */
final class ConversionFamily {
    private ConversionFamily() { }

    static void addTo(Map<String, InstructionSet.Decoder> table) {
        table.put("cvt", ConversionFamily::decode);
    }

    private static Operation decode(Translation t) {
        List<PtxType> types = t.modifiers().stream().map(PtxType::named).filter(type -> type != null).toList();
        if (types.size() != 2) {
            throw t.error("needs the types of its result and its source");
        }
        PtxType to = types.get(0);
        PtxType from = types.get(1);
        if (to == PtxType.F16X2 || to == PtxType.BF16X2) {
            return packed(t, to, from);
        }
        t.expectOperands(2, 2);
        if (to.integer() && from.integer()) {
            return integers(t, to, from);
        }
        if (from == PtxType.F32 && to == PtxType.S32 && t.has("rzi") && !t.has("ftz")) {
            return new VectorConversion(false, t.wordTarget(0), t.word(1, from));
        }
        if (from == PtxType.S32 && to == PtxType.F32 && t.has("rn") && !t.has("sat")) {
            return new VectorConversion(true, t.wordTarget(0), t.word(1, from));
        }
        LaneOperation.Function function = from.integer() ? fromInteger(t, to, from) : to.integer() ? toInteger(t, to, from)
            : floats(t, to, from);
        return new LaneOperation(function, t.target(0), t.source(1, from));
    }

    private static Operation packed(Translation t, PtxType to, PtxType from) {
        if (from != PtxType.F32) {
            throw t.unknown();
        }
        t.expectOperands(3, 3);
        Rounding rounding = FloatFamily.rounding(t);
        boolean relu = t.has("relu");
        boolean finite = t.has("satfinite");
        return t.lanes(to == PtxType.F16X2
            ? (a, b, c, d) -> Conversions.toHalves(FloatFamily.of(a), FloatFamily.of(b), rounding, relu, finite)
            : (a, b, c, d) -> Conversions.toBFloat16s(FloatFamily.of(a), FloatFamily.of(b), rounding, relu, finite), PtxType.F32);
    }

    private static Operation integers(Translation t, PtxType to, PtxType from) {
        Source target = t.target(0);
        Source source = t.source(1, from);
        if (!t.has("sat") && source.wide() != target.wide() && from.bits() >= Integer.SIZE && to.bits() >= Integer.SIZE) {
            return source.wide() ? new LaneOperation((a, b, c, d) -> a, target, source)
                : new Widening(Widening.Kind.EXTEND, from.signed(), target.slot(), source.slot(), source.slot(), target.slot());
        }
        int bits = to.bits();
        if (t.has("sat")) {
            return new LaneOperation(to.signed()
                ? (a, b, c, d) -> IntegerConversions.saturateSigned(IntegerFamily.extend(a, from), from.signed(), bits)
                : (a, b, c, d) -> IntegerConversions.saturateUnsigned(IntegerFamily.extend(a, from), from.signed(), bits), target, source);
        }
        return new LaneOperation(to.signed()
            ? (a, b, c, d) -> IntegerConversions.wrapSigned(IntegerFamily.extend(a, from), bits)
            : (a, b, c, d) -> IntegerConversions.wrapUnsigned(IntegerFamily.extend(a, from), bits), target, source);
    }

    private static LaneOperation.Function fromInteger(Translation t, PtxType to, PtxType from) {
        Rounding rounding = FloatFamily.rounding(t);
        boolean signed = from.signed();
        LaneOperation.Function function = switch (to) {
            case F32 -> signed ? (a, b, c, d) -> FloatFamily.bits(Conversions.signedToFloat32(a, rounding))
                : (a, b, c, d) -> FloatFamily.bits(Conversions.unsignedToFloat32(a, rounding));
            case F64 -> signed ? (a, b, c, d) -> DoubleFamily.bits(Conversions.signedToFloat64(a, rounding))
                : (a, b, c, d) -> DoubleFamily.bits(Conversions.unsignedToFloat64(a, rounding));
            case F16 -> signed ? (a, b, c, d) -> Conversions.signedToHalf(a, rounding)
                : (a, b, c, d) -> Conversions.unsignedToHalf(a, rounding);
            case BF16 -> signed ? (a, b, c, d) -> Conversions.signedToBFloat16(a, rounding)
                : (a, b, c, d) -> Conversions.unsignedToBFloat16(a, rounding);
            default -> throw t.unknown();
        };
        return (a, b, c, d) -> function.apply(IntegerFamily.extend(a, from), 0, 0, 0);
    }

    private static LaneOperation.Function toInteger(Translation t, PtxType to, PtxType from) {
        Rounding rounding = integral(t);
        if (rounding == null) {
            throw t.error("needs .rni, .rzi, .rmi or .rpi");
        }
        int bits = to.bits();
        if (from == PtxType.F64) {
            return to.signed() ? (a, b, c, d) -> IntegerConversions.toSigned(DoubleFamily.of(a), bits, rounding)
                : (a, b, c, d) -> IntegerConversions.toUnsigned(DoubleFamily.of(a), bits, rounding);
        }
        Reader reader = reader(t, from);
        return to.signed() ? (a, b, c, d) -> IntegerConversions.toSigned(reader.read(a), bits, rounding)
            : (a, b, c, d) -> IntegerConversions.toUnsigned(reader.read(a), bits, rounding);
    }

    /** Reads a float of up to 32 bits, subnormal ones as zeros with .ftz. */
    private interface Reader {
        float read(long bits);
    }

    private static Reader reader(Translation t, PtxType from) {
        Reader reader = switch (from) {
            case F32 -> FloatFamily::of;
            case F16 -> bits -> Half.toFloat((short) bits);
            case BF16 -> bits -> BFloat16.toFloat((short) bits);
            default -> throw t.unknown();
        };
        return t.has("ftz") && from == PtxType.F32 ? bits -> Float32.flush(reader.read(bits)) : reader;
    }

    private static LaneOperation.Function floats(Translation t, PtxType to, PtxType from) {
        Rounding whole = integral(t);
        if (from == PtxType.F64 || to == PtxType.F64) {
            return wide(t, to, from, whole);
        }
        Reader reader = reader(t, from);
        Reader rounded = whole == null ? reader : bits -> Conversions.integral(reader.read(bits), whole);
        Reader saturated = t.has("sat") ? bits -> Float32.saturate(rounded.read(bits)) : rounded;
        Rounding rounding = t.has("rna") ? Rounding.NEAREST_AWAY : FloatFamily.rounding(t);
        boolean relu = t.has("relu");
        boolean finite = t.has("satfinite");
        boolean flush = t.has("ftz");
        return switch (to) {
            case F32 -> (a, b, c, d) -> FloatFamily.bits(Conversions.toFloat32(saturated.read(a), Rounding.NEAREST_EVEN, flush));
            case F16 -> (a, b, c, d) -> Conversions.toHalf(saturated.read(a), rounding, relu, finite);
            case BF16 -> (a, b, c, d) -> Conversions.toBFloat16(saturated.read(a), rounding, relu, finite);
            case TF32 -> (a, b, c, d) -> Conversions.toTf32(saturated.read(a), rounding, relu, finite);
            default -> throw t.unknown();
        };
    }

    private static LaneOperation.Function wide(Translation t, PtxType to, PtxType from, Rounding whole) {
        Rounding rounding = FloatFamily.rounding(t);
        boolean flush = t.has("ftz");
        boolean sat = t.has("sat");
        if (from != PtxType.F64) {
            Reader reader = reader(t, from);
            return (a, b, c, d) -> DoubleFamily.bits(saturate(Conversions.toFloat64(reader.read(a)), sat));
        }
        return switch (to) {
            case F64 -> (a, b, c, d) -> DoubleFamily.bits(saturate(whole == null ? DoubleFamily.of(a)
                : Conversions.integral(DoubleFamily.of(a), whole), sat));
            case F32 -> (a, b, c, d) -> {
                float value = Conversions.toFloat32(DoubleFamily.of(a), rounding, flush);
                return FloatFamily.bits(sat ? Float32.saturate(value) : value);
            };
            case F16 -> (a, b, c, d) -> Conversions.toHalf(DoubleFamily.of(a), rounding);
            case BF16 -> (a, b, c, d) -> Conversions.toBFloat16(DoubleFamily.of(a), rounding);
            default -> throw t.unknown();
        };
    }

    private static double saturate(double value, boolean sat) {
        return sat ? Float64.saturate(value) : value;
    }

    /** The rounding to an integral number; null when none is named. */
    private static Rounding integral(Translation t) {
        return t.has("rni") ? Rounding.NEAREST_EVEN : t.has("rzi") ? Rounding.ZERO : t.has("rmi") ? Rounding.DOWN
            : t.has("rpi") ? Rounding.UP : null;
    }
}
