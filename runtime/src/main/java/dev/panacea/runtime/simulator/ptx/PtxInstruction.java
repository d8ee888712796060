package dev.panacea.runtime.simulator.ptx;

import java.util.List;

/**
 * One instruction.
 *
 * @param line in the text, from 1
 * @param text as written, white space collapsed
 * @param guard the predicate it runs under, or null
 * @param negated whether it runs where the guard is false
 * @param opcode for example {@code ld}
 * @param modifiers what follows the opcode, without dots: {@code global}, {@code nc}, {@code v4}, {@code f32}
 */
public record PtxInstruction(int line, String text, Operand.Register guard, boolean negated, String opcode, List<String> modifiers,
                             List<Operand> operands) {

    public boolean has(String modifier) {
        return modifiers.contains(modifier);
    }

    /** The last modifier that is a type; null when there is none. */
    public PtxType type() {
        for (int i = modifiers.size() - 1; i >= 0; i--) {
            PtxType type = PtxType.named(modifiers.get(i));
            if (type != null) {
                return type;
            }
        }
        return null;
    }
}
