package dev.panacea.runtime.simulator;

/** A mark in a stream. */
final class SimulatedEvent {
    final boolean timed;
    /** When it was recorded, in nanoseconds; meaningless before {@link #recorded}. */
    long nanoseconds;
    boolean recorded;
    /** The capture it was recorded in; null for none. */
    Recording recording;

    SimulatedEvent(boolean timed) {
        this.timed = timed;
    }
}
