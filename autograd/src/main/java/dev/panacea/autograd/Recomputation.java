package dev.panacea.autograd;

/** What a backward computes again instead of finding it in memory; all three give the same bits. */
public enum Recomputation {
    /** Nothing. */
    OFF,
    /** What its operation makes from kept values at the cost of reading them: norms and gated activations, but no product. */
    SELECTIVE,
    /** Everything between a segment's inputs and its result (Chen et al. 2016): memory for one segment, its forward twice. */
    FULL
}
