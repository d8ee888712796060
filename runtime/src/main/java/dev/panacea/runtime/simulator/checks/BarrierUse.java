package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.Site;

/**
 * How an instruction uses a barrier.
 *
 * @param aligned whether all lanes of a warp must execute it together
 * @param reduces whether it is bar.red
 * @param threads that complete the barrier; {@link #ALL} of the block, or {@link #IN_REGISTER} where the text does not say
 */
record BarrierUse(boolean aligned, boolean reduces, int threads) {
    static final int ALL = 0;
    static final int IN_REGISTER = -1;

    static BarrierUse of(Site site) {
        Opcode opcode = Opcode.of(site);
        boolean reduces = opcode.has("red");
        String[] operands = opcode.operands();
        // bar.sync a{, b}; bar.red d, a{, b}, c
        int at = reduces ? 2 : 1;
        boolean counted = operands.length > (reduces ? 3 : 1);
        return new BarrierUse(opcode.name().startsWith("bar.") || opcode.has("aligned"), reduces, counted ? count(operands[at]) : ALL);
    }

    private static int count(String operand) {
        return operand.chars().allMatch(Character::isDigit) ? Integer.parseInt(operand) : IN_REGISTER;
    }

    /** Whether threads that wait at one barrier may do so by both instructions. */
    boolean agreesWith(BarrierUse other) {
        boolean known = threads != IN_REGISTER && other.threads != IN_REGISTER;
        return reduces == other.reduces && (!known || threads == other.threads);
    }
}
