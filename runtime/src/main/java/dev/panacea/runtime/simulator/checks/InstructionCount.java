package dev.panacea.runtime.simulator.checks;

/**
 * Instructions executed.
 *
 * @param warps by warps, however many lanes took part
 * @param threads by lanes
 */
public record InstructionCount(long warps, long threads) {
    static final InstructionCount NONE = new InstructionCount(0, 0);

    public InstructionCount plus(InstructionCount other) {
        return new InstructionCount(warps + other.warps, threads + other.threads);
    }

    /** Mean number of lanes that took part, at most 32. */
    public double activeLanes() {
        return Ratio.of(threads, warps);
    }
}
