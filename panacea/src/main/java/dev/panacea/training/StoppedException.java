package dev.panacea.training;

import java.nio.file.Path;

/** Training ended because a {@link StopSignal} asked for it; all its steps are in a checkpoint. */
public final class StoppedException extends RuntimeException {

    /** @param checkpoint that was written, after {@code step} steps */
    public StoppedException(String what, long step, Path checkpoint) {
        super(what + " stopped after step " + step + "; " + checkpoint + " holds all of it");
    }
}
