package dev.panacea.runtime.simulator.observation;

/** What an access does. A volatile, relaxed, acquire or release access is {@code STRONG_*}: meant to be seen by other threads. */
public enum AccessKind {
    LOAD(true, false),
    STORE(false, true),
    STRONG_LOAD(true, false),
    STRONG_STORE(false, true),
    ATOMIC(true, true);

    private final boolean reads;
    private final boolean writes;

    AccessKind(boolean reads, boolean writes) {
        this.reads = reads;
        this.writes = writes;
    }

    public boolean reads() {
        return reads;
    }

    public boolean writes() {
        return writes;
    }
}
