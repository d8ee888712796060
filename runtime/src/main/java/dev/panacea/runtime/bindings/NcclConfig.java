package dev.panacea.runtime.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * ncclConfig_t as NCCL 2.18 declares it; newer libraries read it by its size and version, and leave their later fields as they are
 * without it.
 *
 * @param blocking whether calls wait until they are done; otherwise they return {@link NcclStatus#IN_PROGRESS}
 */
public record NcclConfig(boolean blocking) {
    private static final int MAGIC = 0xcafebeef;
    private static final int VERSION = 21801;
    private static final int UNDEFINED = Integer.MIN_VALUE;

    // size_t size; unsigned int magic, version; int blocking, cgaClusterSize, minCTAs, maxCTAs; const char *netName; int splitShare
    private static final long BYTES = 48;
    private static final long MAGIC_AT = 8;
    private static final long VERSION_AT = 12;
    private static final long BLOCKING_AT = 16;
    private static final long NET_NAME_AT = 32;

    MemorySegment toNative(Arena arena) {
        MemorySegment config = arena.allocate(BYTES, Long.BYTES);
        // The four bytes that pad the end are trafficClass to newer libraries, so they too say that nothing is asked for.
        for (long at = BLOCKING_AT; at < BYTES; at += Integer.BYTES) {
            config.set(ValueLayout.JAVA_INT, at, UNDEFINED);
        }
        config.set(ValueLayout.JAVA_LONG, 0, BYTES);
        config.set(ValueLayout.JAVA_INT, MAGIC_AT, MAGIC);
        config.set(ValueLayout.JAVA_INT, VERSION_AT, VERSION);
        config.set(ValueLayout.JAVA_INT, BLOCKING_AT, blocking ? 1 : 0);
        config.set(ValueLayout.JAVA_LONG, NET_NAME_AT, 0);
        return config;
    }
}
