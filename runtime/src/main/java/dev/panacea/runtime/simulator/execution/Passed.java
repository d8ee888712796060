package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxType;
import dev.panacea.runtime.simulator.ptx.PtxVariable;
import java.lang.foreign.MemorySegment;
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
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            if (register != null) {
                inside(callee, parameter).set(warp, lane, register.bits(warp, lane));
            } else {
                long thread = thread(warp, lane);
                MemorySegment local = Call.local(warp);
                MemorySegment.copy(local, thread + callerBase + offset, local, thread + calleeBase + callee.place(parameter.name()).address(),
                    parameter.bytes());
            }
        }
    }

    /** Copies a result into the caller's variable, or reads the register that holds it. */
    long[] take(Warp warp, int lanes, FunctionCode callee, PtxVariable result, Frame frame) {
        long[] bits = register == null ? null : new long[Warp.LANES];
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            if (register != null) {
                bits[lane] = inside(callee, result).bits(warp, lane);
            } else {
                long thread = thread(warp, lane);
                MemorySegment local = Call.local(warp);
                MemorySegment.copy(local, thread + frame.base() + callee.place(result.name()).address(), local,
                    thread + frame.caller().base() + offset, result.bytes());
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
        throw new IllegalStateException(callee.function.name() + " has no register " + parameter.name() + " of " + PtxType.B32);
    }
}
