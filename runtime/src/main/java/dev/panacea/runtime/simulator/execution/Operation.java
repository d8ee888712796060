package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.observation.Site;

/** A decoded instruction. Slots that operations hold are offsets into a warp's files: register · 32. */
abstract class Operation {
    /** Where it stands; set once when the program is built. */
    Site site;
    /** The predicate it runs under, and the mask that turns it round; predicate 0 is true everywhere. */
    int guard;
    int guardFlip;

    /** Acts for {@code lanes}, of which there is at least one. */
    abstract void execute(Warp warp, int lanes);
}
