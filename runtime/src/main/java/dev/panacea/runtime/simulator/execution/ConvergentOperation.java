package dev.panacea.runtime.simulator.execution;

/** An operation of several lanes together: it waits until all the lanes it names have come. */
abstract class ConvergentOperation extends ControlOperation {

    /** The lanes that must come, dead ones included. @param lane one that has come */
    abstract int members(Warp warp, int lane);

    @Override
    abstract void execute(Warp warp, int lanes);

    @Override
    final void step(Warp warp, Fragment fragment, int lanes) {
        if (lanes == 0) {
            fragment.pc++;
            return;
        }
        int members = members(warp, Integer.numberOfTrailingZeros(lanes)) & warp.alive;
        if ((members & ~lanes) == 0) {
            warp.perform(this, lanes);
            fragment.pc++;
        } else {
            warp.awaitMembers(fragment, this, lanes, members);
        }
    }
}
