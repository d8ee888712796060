package dev.panacea.runtime.simulator.checks;

/** Quotients of counts, which are 0 where nothing was counted. */
final class Ratio {
    private Ratio() { }

    static double of(long count, long each) {
        return each == 0 ? 0 : (double) count / each;
    }
}
