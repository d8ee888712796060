package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.arithmetic.BFloat16;
import dev.panacea.runtime.simulator.arithmetic.Float32;
import dev.panacea.runtime.simulator.arithmetic.Float64;
import dev.panacea.runtime.simulator.arithmetic.Half;
import dev.panacea.runtime.simulator.arithmetic.Rounding;
import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.Map;

/** atom and red. */
final class AtomicFamily {
    private AtomicFamily() { }

    static void addTo(Map<String, InstructionSet.Decoder> table) {
        table.put("atom", t -> decode(t, 1));
        table.put("red", t -> decode(t, 0));
    }

    /** @param at which operand is the address */
    private static Operation decode(Translation t, int at) {
        String operator = t.oneOf("", "add", "exch", "cas", "inc", "dec", "min", "max", "and", "or", "xor");
        boolean swaps = operator.equals("cas");
        if (operator.isEmpty() || t.has("v2") || t.has("v4") || t.has("v8") || t.has("async")) {
            throw t.unknown();
        }
        t.expectOperands(at + (swaps ? 3 : 2), at + (swaps ? 4 : 3));
        PtxType type = t.type();
        Addressing addressing = Addressing.of(t, t.operand(at), Space.of(t));
        Source b = t.source(at + 1, type);
        Source c = swaps ? t.source(at + 2, type) : b;
        boolean wanted = at == 1 && !(t.operand(0) instanceof Operand.Sink);
        Source target = at == 1 ? t.target(t.operand(0), type.bits() == Long.SIZE) : new Source(b.wide(), b.wide() ? t.program().sinkLong()
            : t.program().sinkWord());
        if (target.wide() != (type.bits() == Long.SIZE) || b.wide() != target.wide()) {
            throw t.error("has registers that are not as wide as its type");
        }
        if (addressing.space() != Space.SHARED && (wanted || !type.integer() || operator.equals("exch") || swaps)) {
            t.program().order();
        }
        return new AtomicOperation(addressing, type, update(t, operator, type, addressing.space() != Space.SHARED), target, b, c);
    }

    private static AtomicOperation.Update update(Translation t, String operator, PtxType type, boolean flush) {
        return switch (operator) {
            case "add" -> add(t, type, flush);
            case "exch" -> (old, b, c) -> b;
            case "cas" -> (old, b, c) -> old == b ? c : old;
            case "inc" -> (old, b, c) -> Long.compareUnsigned(old, b) >= 0 ? 0 : old + 1;
            case "dec" -> (old, b, c) -> old == 0 || Long.compareUnsigned(old, b) > 0 ? b : old - 1;
            case "min" -> less(t, type) ? (old, b, c) -> Math.min(old, b) : (old, b, c) -> Long.compareUnsigned(b, old) < 0 ? b : old;
            case "max" -> less(t, type) ? (old, b, c) -> Math.max(old, b) : (old, b, c) -> Long.compareUnsigned(b, old) > 0 ? b : old;
            case "and" -> (old, b, c) -> old & b;
            case "or" -> (old, b, c) -> old | b;
            default -> (old, b, c) -> old ^ b;
        };
    }

    /** Whether numbers compare as signed ones. */
    private static boolean less(Translation t, PtxType type) {
        if (!type.integer()) {
            throw t.unknown();
        }
        return type.signed();
    }

    /** Global memory flushes subnormal f32, shared memory keeps them. */
    private static AtomicOperation.Update add(Translation t, PtxType type, boolean flush) {
        return switch (type) {
            case U32, S32, B32, U64, S64, B64 -> (old, b, c) -> old + b;
            case F32 -> (old, b, c) -> FloatFamily.bits(Float32.add(FloatFamily.of(old), FloatFamily.of(b), Rounding.NEAREST_EVEN, flush));
            case F64 -> (old, b, c) -> DoubleFamily.bits(Float64.add(DoubleFamily.of(old), DoubleFamily.of(b), Rounding.NEAREST_EVEN));
            case F16 -> (old, b, c) -> Half.add((short) old, (short) b, false, false);
            case F16X2 -> (old, b, c) -> Half.add((int) old, (int) b, false, false);
            case BF16 -> (old, b, c) -> BFloat16.add((short) old, (short) b);
            case BF16X2 -> (old, b, c) -> BFloat16.add((int) old, (int) b);
            default -> throw t.unknown();
        };
    }
}
