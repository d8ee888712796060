package dev.panacea.runtime;

import java.lang.StackWalker.StackFrame;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The debug mode of memory: fresh and freed memory is filled with 0xFF, so that use of it shows as NaN or -1, and reports say where
 * each piece was allocated. On with assertions; the system property {@code panacea.memory.debug} says otherwise either way. A checker of
 * never-written memory wants it off, as filling is writing.
 */
final class MemoryDebug {
    static final byte POISON = (byte) 0xFF;
    static final boolean ON = Boolean.parseBoolean(
        System.getProperty("panacea.memory.debug", String.valueOf(MemoryDebug.class.desiredAssertionStatus())));

    private static final int FRAMES = 4;
    private static final StackWalker WALKER = StackWalker.getInstance();
    private static final Set<String> OWN = Set.of(MemoryDebug.class.getName(), MemoryScope.class.getName(),
        MemoryScope.Allocation.class.getName());

    private MemoryDebug() { }

    /** The innermost callers outside of the pool; empty when the mode is off. */
    static List<StackFrame> site() {
        return ON ? WALKER.walk(frames -> frames.filter(frame -> !OWN.contains(frame.getClassName())).limit(FRAMES).toList())
            : List.of();
    }

    static String describe(List<StackFrame> site) {
        return site.isEmpty() ? "" : site.stream().map(frame -> frame.toStackTraceElement().toString())
            .collect(Collectors.joining(" < ", ", allocated at ", ""));
    }
}
