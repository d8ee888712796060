package dev.panacea.runtime.simulator.execution;

/** An operation of several lanes together: it waits until all the lanes it names have come. */
abstract class ConvergentOperation extends ControlOperation {

    /** The lanes that must come, dead ones included. @param lane one that has come */
    abstract int members(Warp warp, int lane);

    @Override
    abstract void execute(Warp warp, int lanes);

    @Override
    final void step(Warp warp, Fragment fragment, int lanes) {
        int members = lanes == 0 ? 0 : named(warp, lanes);
        if ((lanes & ~members) != 0 && !complete(warp, lanes)) {
            warp.part(fragment, lanes & members);
        } else if ((members & ~lanes) != 0) {
            warp.awaitMembers(fragment, this, lanes, members);
        } else {
            performBySets(warp, lanes);
            fragment.pc++;
        }
    }

    /** Lanes may come together and yet name different sets, each of which acts by itself. */
    private void performBySets(Warp warp, int lanes) {
        for (int rest = lanes; rest != 0;) {
            int set = rest & named(warp, rest);
            warp.perform(this, set);
            rest &= ~set;
        }
    }

    /** The living lanes that the lowest of {@code lanes} names, itself among them. */
    private int named(Warp warp, int lanes) {
        return members(warp, Integer.numberOfTrailingZeros(lanes)) & warp.alive | Integer.lowestOneBit(lanes);
    }

    private boolean complete(Warp warp, int lanes) {
        for (int rest = lanes; rest != 0;) {
            int set = named(warp, rest);
            if ((set & ~lanes) != 0) {
                return false;
            }
            rest &= ~set;
        }
        return true;
    }
}
