package dev.panacea.training;

import dev.panacea.objective.DeviceArrays;
import dev.panacea.objective.HostArrays;
import dev.panacea.runtime.Buffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where a step's arrays lie in two blocks, one of I32 and one of F32: one behind the other, each on 64 bytes. */
final class InputLayout {
    private static final int ALIGNMENT = 16;

    private final List<HostArrays> groups;
    private final long ints;
    private final long floats;

    InputLayout(List<HostArrays> groups) {
        this.groups = groups;
        ints = groups.stream().flatMap(group -> group.ints().values().stream()).mapToLong(values -> aligned(values.length)).sum();
        floats = groups.stream().flatMap(group -> group.floats().values().stream()).mapToLong(values -> aligned(values.length)).sum();
    }

    private static long aligned(long count) {
        return Math.ceilDiv(count, ALIGNMENT) * ALIGNMENT;
    }

    /** Elements of the I32 block. */
    long ints() {
        return ints;
    }

    /** Elements of the F32 block. */
    long floats() {
        return floats;
    }

    /** Copies all arrays to their places. */
    void write(MemorySegment intBlock, MemorySegment floatBlock) {
        long at = 0;
        long floatAt = 0;
        for (HostArrays group : groups) {
            for (int[] values : group.ints().values()) {
                MemorySegment.copy(values, 0, intBlock, ValueLayout.JAVA_INT, at * Integer.BYTES, values.length);
                at += aligned(values.length);
            }
            for (float[] values : group.floats().values()) {
                MemorySegment.copy(values, 0, floatBlock, ValueLayout.JAVA_FLOAT, floatAt * Float.BYTES, values.length);
                floatAt += aligned(values.length);
            }
        }
    }

    /** The places of each group's arrays in blocks on a device. */
    List<DeviceArrays> in(Buffer intBlock, Buffer floatBlock) {
        Places inInts = new Places(intBlock);
        Places inFloats = new Places(floatBlock);
        return groups.stream().map(group -> {
            Map<String, Buffer> places = new HashMap<>();
            group.ints().forEach((name, values) -> places.put(name, inInts.next(values.length)));
            group.floats().forEach((name, values) -> places.put(name, inFloats.next(values.length)));
            return new DeviceArrays(places);
        }).toList();
    }

    /** Hands out a block from its beginning on. */
    private static final class Places {
        private final Buffer block;
        private long at;

        private Places(Buffer block) {
            this.block = block;
        }

        private Buffer next(int count) {
            Buffer place = block.slice(at, count);
            at += aligned(count);
            return place;
        }
    }
}
