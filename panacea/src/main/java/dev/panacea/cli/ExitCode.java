package dev.panacea.cli;

/** What the process ends with. */
final class ExitCode {
    static final int FINE = 0;
    static final int FAILED = 1;
    static final int BAD_INPUT = 2;
    /** 128 and the number of SIGINT, as shells count. */
    static final int INTERRUPTED = 130;

    private ExitCode() { }
}
