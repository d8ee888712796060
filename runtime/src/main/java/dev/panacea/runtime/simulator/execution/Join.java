package dev.panacea.runtime.simulator.execution;

/** The place where lanes that a branch sent apart come together again. */
final class Join {
    final int pc;
    final Join parent;
    /** Lanes that come here in the end, those here included. */
    int pending;
    /** Lanes that are here and wait. */
    int arrived;
    final Frame frame;
    int taken;
    private boolean quiet;

    Join(int pc, int pending, Join parent, Frame frame) {
        this.pc = pc;
        this.pending = pending;
        this.parent = parent;
        this.frame = frame;
    }

    void arrive(Fragment fragment) {
        arrived |= fragment.lanes;
        taken = Math.max(taken, fragment.taken);
        quiet = false;
    }

    /** Whether lanes wait here and nobody has come since the last call of this method. */
    boolean forgotten() {
        boolean forgotten = quiet && arrived != 0;
        quiet = true;
        return forgotten;
    }
}
