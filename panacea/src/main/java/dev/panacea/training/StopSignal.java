package dev.panacea.training;

/**
 * Asks training to end early: the loop that sees it finishes its step, leaves a checkpoint and ends with a
 * {@link StoppedException}. Set by one thread, seen by another.
 */
public final class StopSignal {
    private boolean requested;
    private boolean looping;

    /** Asks for the end. @return whether a training loop runs now, and will see it after its current step */
    public synchronized boolean request() {
        requested = true;
        return looping;
    }

    synchronized boolean isRequested() {
        return requested;
    }

    synchronized void loopBegins() {
        looping = true;
    }

    synchronized void loopEnds() {
        looping = false;
    }
}
