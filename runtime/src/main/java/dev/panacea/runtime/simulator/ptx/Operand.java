package dev.panacea.runtime.simulator.ptx;

import java.util.List;

/** An operand of an instruction, names resolved in its scope. */
public sealed interface Operand {

    /** A declared register. @param index its place among the function's registers, from 0 */
    record Register(int index, String name, PtxType type) implements Operand { }

    /** A special register such as {@code %tid.x}. */
    record Special(String name) implements Operand { }

    /** A literal: {@link PtxType#S64} for integers, {@link PtxType#F32} and {@link PtxType#F64} for the bits of floats. */
    record Immediate(long bits, PtxType type) implements Operand { }

    /** A variable, function or label, and bytes beyond it. */
    record Symbol(String name, long offset) implements Operand { }

    /** {@code [base + offset]}: base a register, a symbol or null. @param coordinates what follows a comma, as tensor copies write it */
    record Address(Operand base, long offset, List<Operand> coordinates) implements Operand { }

    /** {@code {a, b}}. */
    record Vector(List<Operand> elements) implements Operand { }

    /** {@code (a, b)} of a call. */
    record Group(List<Operand> elements) implements Operand { }

    /** {@code !p}. */
    record Negated(Register predicate) implements Operand { }

    /** {@code d|p}: two destinations; either may be a {@link Sink}. */
    record Pair(Operand first, Operand second) implements Operand { }

    /** {@code _}: a destination that is not wanted. */
    record Sink() implements Operand { }
}
