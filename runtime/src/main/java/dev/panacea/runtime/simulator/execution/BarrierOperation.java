package dev.panacea.runtime.simulator.execution;

/** bar.sync, bar.arrive, bar.red and their barrier forms. */
final class BarrierOperation extends ControlOperation {

    /** What a reduction computes; none for plain barriers. */
    enum Reduction { NONE, COUNT, AND, OR }

    private final Source barrier;
    private final Source threads;
    private final boolean waits;
    private final Reduction reduction;
    private final int target;
    private final PredicateSource vote;

    /** @param threads how many must come; null for all @param target of a reduction: a word or a predicate */
    BarrierOperation(Source barrier, Source threads, boolean waits, Reduction reduction, int target, PredicateSource vote) {
        this.barrier = barrier;
        this.threads = threads;
        this.waits = waits;
        this.reduction = reduction;
        this.target = target;
        this.vote = vote;
    }

    @Override
    void step(Warp warp, Fragment fragment, int lanes) {
        if (lanes == 0) {
            fragment.pc++;
            return;
        }
        warp.observe(this, lanes);
        int first = Integer.numberOfTrailingZeros(lanes);
        int id = (int) barrier.bits(warp, first);
        Barrier reached = warp.block.barrier(id, first);
        int expected = threads == null ? 0 : (int) threads.bits(warp, first);
        if (warp.observer != null) {
            warp.observer.barrierReached(site, warp.index, id, lanes, waits);
        }
        // A barrier that counts threads counts whole warps, the last one's missing lanes included.
        int come = expected != 0 && lanes == warp.alive ? Warp.LANES : Integer.bitCount(lanes);
        int held = reduction == Reduction.NONE ? 0 : Integer.bitCount(vote.mask(warp) & lanes);
        reached.arrive(come, expected, reduction == Reduction.NONE ? 0 : Integer.bitCount(lanes), held);
        if (waits) {
            fragment.awaited = reached;
            reached.hold(new Barrier.Waiting(warp, fragment, lanes, this));
        } else {
            fragment.pc++;
        }
        warp.block.settle(id);
    }

    /** The barrier is complete: writes the reduction's result. @param held predicates that hold @param votes threads that voted */
    void leave(Warp warp, int lanes, int held, int votes) {
        switch (reduction) {
            case NONE -> { }
            case COUNT -> {
                for (int rest = lanes; rest != 0; rest &= rest - 1) {
                    warp.words[target + Integer.numberOfTrailingZeros(rest)] = held;
                }
            }
            case AND -> warp.predicates[target] = warp.predicates[target] & ~lanes | (held == votes ? lanes : 0);
            case OR -> warp.predicates[target] = warp.predicates[target] & ~lanes | (held > 0 ? lanes : 0);
        }
    }
}
