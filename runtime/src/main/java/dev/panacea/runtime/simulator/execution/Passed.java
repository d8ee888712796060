package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxVariable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * An argument or result of a call on the caller's side: a parameter variable in its frame, or a register.
 *
 * @param offset in the caller's frame; meaningless for a register
 * @param register null for a variable
 */
record Passed(long offset, Source register) {

    /** Copies it to the parameter of the function that is called. */
    void give(Warp warp, int lanes, int callerBase, FunctionCode callee, PtxVariable parameter, int calleeBase) {
        Place place = callee.place(parameter.name());
        MemorySegment local = Call.local(warp);
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            long own = thread(warp, lane) + callerBase + offset;
            if (place == null) {
                inside(callee, parameter).set(warp, lane, register == null ? read(local, own, parameter) : register.bits(warp, lane));
            } else if (register == null) {
                MemorySegment.copy(local, own, local, thread(warp, lane) + calleeBase + place.address(), parameter.bytes());
            } else {
                write(local, thread(warp, lane) + calleeBase + place.address(), parameter, register.bits(warp, lane));
            }
        }
    }

    /** Copies a result into the caller's variable, or reads the bits for the register that takes it. */
    long[] take(Warp warp, int lanes, FunctionCode callee, PtxVariable result, Frame frame) {
        Place place = callee.place(result.name());
        MemorySegment local = Call.local(warp);
        long[] bits = register == null ? null : new long[Warp.LANES];
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            long own = thread(warp, lane) + frame.caller().base() + offset;
            if (register == null && place != null) {
                MemorySegment.copy(local, thread(warp, lane) + frame.base() + place.address(), local, own, result.bytes());
                continue;
            }
            long value = place == null ? inside(callee, result).bits(warp, lane)
                : read(local, thread(warp, lane) + frame.base() + place.address(), result);
            if (register == null) {
                write(local, own, result, value);
            } else {
                bits[lane] = value;
            }
        }
        return bits;
    }

    void put(Warp warp, int lanes, long[] bits) {
        for (int rest = bits == null ? 0 : lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            register.set(warp, lane, bits[lane]);
        }
    }

    private static long read(MemorySegment local, long at, PtxVariable variable) {
        return switch ((int) variable.bytes()) {
            case 1 -> local.get(ValueLayout.JAVA_BYTE, at);
            case 2 -> local.get(ValueLayout.JAVA_SHORT_UNALIGNED, at);
            case 4 -> local.get(ValueLayout.JAVA_INT_UNALIGNED, at);
            default -> local.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
        };
    }

    private static void write(MemorySegment local, long at, PtxVariable variable, long bits) {
        switch ((int) variable.bytes()) {
            case 1 -> local.set(ValueLayout.JAVA_BYTE, at, (byte) bits);
            case 2 -> local.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) bits);
            case 4 -> local.set(ValueLayout.JAVA_INT_UNALIGNED, at, (int) bits);
            default -> local.set(ValueLayout.JAVA_LONG_UNALIGNED, at, bits);
        }
    }

    private static long thread(Warp warp, int lane) {
        return (long) (warp.index * Warp.LANES + lane) * warp.block.localBytes;
    }

    /** The register that a parameter is within its function. */
    private static Source inside(FunctionCode callee, PtxVariable parameter) {
        List<Operand.Register> registers = callee.function.registers();
        for (Operand.Register candidate : registers) {
            if (candidate.name().equals(parameter.name())) {
                boolean wide = Bank.of(parameter.type()) == Bank.LONG;
                int first = wide ? callee.range.longs() : callee.range.words();
                return new Source(wide, (first + callee.allocation.slot(candidate)) * Warp.LANES);
            }
        }
        throw new IllegalStateException(callee.function.name() + " has no register " + parameter.name() + " of " + parameter.type());
    }
}
