package dev.panacea.runtime.simulator.execution;

/** An operation of several lanes together: it waits until all the lanes it names have come. */
abstract class ConvergentOperation extends ControlOperation {

    /** The lanes that must come, dead ones included. @param lane one that has come */
    abstract int members(Warp warp, int lane);

    /** Those of {@code lanes} that name the same members as {@code lane}. */
    abstract int alike(Warp warp, int lanes, int lane);

    @Override
    abstract void execute(Warp warp, int lanes);

    @Override
    final void step(Warp warp, Fragment fragment, int lanes) {
        if (lanes == 0) {
            fragment.pc++;
            return;
        }
        int lane = Integer.numberOfTrailingZeros(lanes);
        int members = members(warp, lane) & warp.alive;
        int alike = alike(warp, lanes, lane);
        if (alike != lanes) {
            groups(warp, fragment, lanes);
        } else if ((members & ~lanes) == 0) {
            warp.perform(this, lanes);
            fragment.pc++;
        } else {
            warp.awaitMembers(fragment, this, lanes, members);
        }
    }

    /** Lanes side by side that name different members: each group acts on its own, and one that is not complete waits apart. */
    private void groups(Warp warp, Fragment fragment, int lanes) {
        for (int rest = lanes; rest != 0;) {
            int lane = Integer.numberOfTrailingZeros(rest);
            int group = alike(warp, rest, lane);
            rest &= ~group;
            if ((members(warp, lane) & warp.alive & ~group) == 0) {
                warp.perform(this, group);
            } else {
                int here = fragment.pc;
                warp.split(fragment, group, here, here + 1);
                fragment.pc = here;
            }
        }
        fragment.pc++;
    }
}
