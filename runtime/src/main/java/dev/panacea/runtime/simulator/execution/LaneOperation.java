package dev.panacea.runtime.simulator.execution;

/** An operation that is computed lane by lane from up to four registers: what is too rare to be done with vectors. */
final class LaneOperation extends Operation {

    /** What one lane computes, on raw bits: registers of 32 bits or less come with their sign extended. */
    interface Function {
        long apply(long a, long b, long c, long d);
    }

    private final Function function;
    private final Source target;
    private final Source a;
    private final Source b;
    private final Source c;
    private final Source d;

    /** @param sources one to four */
    LaneOperation(Function function, Source target, Source... sources) {
        this.function = function;
        this.target = target;
        a = sources[0];
        b = sources[Math.min(1, sources.length - 1)];
        c = sources[Math.min(2, sources.length - 1)];
        d = sources[sources.length - 1];
    }

    @Override
    void execute(Warp warp, int lanes) {
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            target.set(warp, lane, function.apply(a.bits(warp, lane), b.bits(warp, lane), c.bits(warp, lane), d.bits(warp, lane)));
        }
    }
}
