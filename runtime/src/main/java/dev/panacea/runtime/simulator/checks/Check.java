package dev.panacea.runtime.simulator.checks;

/** What a {@link Finding} accuses a program of. */
public enum Check {
    /** Memory is used that nobody has written, or that a cp.async still under way will write. */
    INITIALIZATION,
    /** Two threads touch the same bytes, one of them writes, and nothing orders them. */
    RACE,
    /** A barrier is used in a way that hardware leaves undefined. */
    SYNCHRONIZATION,
    /** Device memory was not given back. */
    LEAK
}
