package dev.panacea.runtime;

import dev.panacea.runtime.bindings.CLibrary;
import java.util.OptionalInt;

/**
 * The process's stderr. A launcher that filters what the JVM itself prints while it starts keeps the real stderr on another
 * descriptor, and names it in the system property {@code panacea.stderr}.
 */
public final class StandardError {
    private static final int STDERR = 2;

    private StandardError() { }

    /** Makes the descriptor that the launcher kept stderr again; does nothing without that property. */
    public static void takeBack() {
        Integer kept = Integer.getInteger("panacea.stderr");
        if (kept != null) {
            CLibrary.duplicateDescriptor(kept, STDERR);
        }
    }

    /** How many columns the terminal has that stderr goes to, 0 where it does not say; empty where stderr is no terminal. */
    public static OptionalInt terminalColumns() {
        return CLibrary.terminalColumns(STDERR);
    }
}
