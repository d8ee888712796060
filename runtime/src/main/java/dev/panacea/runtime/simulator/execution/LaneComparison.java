package dev.panacea.runtime.simulator.execution;

/** A comparison that is made lane by lane. */
final class LaneComparison extends PredicateOperation {

    /** A comparison of raw bits. */
    interface Test {
        boolean holds(long a, long b);
    }

    private final Test test;
    private final Source a;
    private final Source b;

    LaneComparison(Result result, Test test, Source a, Source b) {
        super(result);
        this.test = test;
        this.a = a;
        this.b = b;
    }

    @Override
    int compare(Warp warp, int lanes) {
        int outcome = 0;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            outcome |= test.holds(a.bits(warp, lane), b.bits(warp, lane)) ? 1 << lane : 0;
        }
        return outcome;
    }
}
