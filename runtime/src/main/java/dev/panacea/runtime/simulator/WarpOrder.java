package dev.panacea.runtime.simulator;

import dev.panacea.runtime.simulator.execution.Schedule;

/** In which order the warps of a block take turns: one after another with long turns, or at random with mostly short ones. */
public record WarpOrder(boolean adversarial, long seed) {
    /** The fastest. */
    public static final WarpOrder ROUND_ROBIN = new WarpOrder(false, 0);

    /** A random warp first, mostly short turns: what a kernel must survive. The same seed gives the same order. */
    public static WarpOrder random(long seed) {
        return new WarpOrder(true, seed);
    }

    /** @param slice most instructions of a turn */
    Schedule schedule(int slice) {
        return adversarial ? Schedule.random(seed, slice) : Schedule.rotating(slice);
    }
}
