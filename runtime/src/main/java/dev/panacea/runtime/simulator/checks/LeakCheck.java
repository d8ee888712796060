package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.BlockObserver;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Keeps account of device memory, so that what was not given back can be named, with the Java code that asked for it if wanted. */
public final class LeakCheck extends UnconcernedLaunch {
    private static final int FRAMES = 6;

    private record Allocation(long bytes, String origin) { }

    private final Map<Long, Allocation> live = new TreeMap<>();
    private final boolean withOrigin;

    /** Keeps the origin of each allocation while assertions are on. */
    public LeakCheck() {
        this(LeakCheck.class.desiredAssertionStatus());
    }

    /** @param withOrigin whether to walk the Java stack at each allocation */
    public LeakCheck(boolean withOrigin) {
        this.withOrigin = withOrigin;
    }

    @Override
    public synchronized void allocated(long address, long bytes) {
        live.put(address, new Allocation(bytes, withOrigin ? origin() : ""));
    }

    @Override
    public synchronized void freed(long address, long bytes) {
        live.remove(address);
    }

    @Override
    public BlockObserver openBlock(int block) {
        return new UnconcernedBlock();
    }

    /** Bytes allocated and not freed. */
    public synchronized long liveBytes() {
        return live.values().stream().mapToLong(Allocation::bytes).sum();
    }

    /** One for each allocation that is live now, by address. */
    public synchronized List<Finding> findings() {
        return live.entrySet().stream().map(entry -> leak(entry.getKey(), entry.getValue())).toList();
    }

    private static Finding leak(long address, Allocation allocation) {
        return new Finding(Check.LEAK, null, null, allocation.bytes + " bytes at device address 0x" + Long.toHexString(address)
            + " were not freed" + allocation.origin, 1);
    }

    // The simulated driver's own frames say nothing; who called it does.
    private static String origin() {
        String driver = LeakCheck.class.getPackageName().replaceFirst("\\.checks$", "");
        return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE).walk(frames -> frames
            .filter(frame -> frame.getDeclaringClass() != LeakCheck.class)
            .dropWhile(frame -> frame.getDeclaringClass().getPackageName().equals(driver))
            .limit(FRAMES).map(frame -> "\n    at " + frame.toStackTraceElement()).collect(Collectors.joining("", "; allocated", "")));
    }
}
