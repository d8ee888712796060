package dev.panacea.runtime.simulator.execution;

/** An operation that decides where its lanes go on, or whether they wait. */
abstract class ControlOperation extends Operation {

    /** Moves {@code fragment} on. @param lanes those of the fragment whose guard holds, perhaps none */
    abstract void step(Warp warp, Fragment fragment, int lanes);

    @Override
    void execute(Warp warp, int lanes) {
        throw new IllegalStateException(site + " steps");
    }
}
