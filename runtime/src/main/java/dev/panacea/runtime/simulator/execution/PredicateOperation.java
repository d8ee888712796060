package dev.panacea.runtime.simulator.execution;

/** setp: a comparison of all lanes, perhaps joined with a third predicate, into a predicate and its opposite. */
abstract class PredicateOperation extends Operation {

    /** Where the result goes. @param join and, or, xor; empty for none */
    record Result(int holds, int fails, String join, PredicateSource third) { }

    private final Result result;

    PredicateOperation(Result result) {
        this.result = result;
    }

    /** The lanes for which it holds; those not in {@code lanes} may be anything. */
    abstract int compare(Warp warp, int lanes);

    @Override
    final void execute(Warp warp, int lanes) {
        int outcome = compare(warp, lanes);
        int third = result.third.mask(warp);
        int[] predicates = warp.predicates;
        int holds = join(outcome, third);
        int fails = join(~outcome, third);
        predicates[result.holds] = predicates[result.holds] & ~lanes | holds & lanes;
        if (result.fails != ProgramBuilder.SINK_PREDICATE) {
            predicates[result.fails] = predicates[result.fails] & ~lanes | fails & lanes;
        }
    }

    private int join(int outcome, int third) {
        return switch (result.join) {
            case "and" -> outcome & third;
            case "or" -> outcome | third;
            case "xor" -> outcome ^ third;
            default -> outcome;
        };
    }
}
