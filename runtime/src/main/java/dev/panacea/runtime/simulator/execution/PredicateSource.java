package dev.panacea.runtime.simulator.execution;

/** A predicate that is read, perhaps turned round. @param flip all ones to turn it round, else 0 */
record PredicateSource(int register, int flip) {
    static final PredicateSource TRUE = new PredicateSource(0, 0);

    int mask(Warp warp) {
        return warp.predicates[register] ^ flip;
    }
}
