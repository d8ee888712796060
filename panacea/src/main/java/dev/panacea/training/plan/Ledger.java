package dev.panacea.training.plan;

import dev.panacea.runtime.MemoryObserver;
import dev.panacea.runtime.MemoryScope;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Bytes held by kind, and what was held when it was most. A piece of memory is of the kind of the nearest scope around it that has one,
 * unless its name says more; what lies in no such scope was opened by a kernel for itself.
 */
final class Ledger implements MemoryObserver {
    private static final Map<String, MemoryKind> NAMED = Map.of(
        "gradient", MemoryKind.GRADIENTS,
        "gradient part", MemoryKind.GRADIENTS,
        "unused gradient", MemoryKind.GRADIENTS,
        "log-probability derivative", MemoryKind.DERIVATIVE,
        "merged weight", MemoryKind.MERGED_WEIGHTS,
        "parameter gradients", MemoryKind.ADAPTER_GRADIENTS,
        "table", MemoryKind.TABLES);

    private final Map<MemoryScope, MemoryKind> kinds = new HashMap<>();
    private final Map<MemoryKind, Long> held = new EnumMap<>(MemoryKind.class);
    private Map<MemoryKind, Long> atPeak = Map.of();
    private final LongSupplier reserved;
    private long total;
    private long peak;
    private long mostReserved;

    /** @param reserved what the device has of its driver at the moment */
    Ledger(LongSupplier reserved) {
        this.reserved = reserved;
    }

    /** From now on, what lies in {@code scope} is of {@code kind}. */
    void assign(MemoryScope scope, MemoryKind kind) {
        kinds.put(scope, kind);
    }

    @Override
    public void changed(MemoryScope scope, String name, long bytes) {
        MemoryKind named = NAMED.get(name);
        held.merge(named == null ? kind(scope) : named, bytes, Long::sum);
        total += bytes;
        if (bytes > 0) {
            mostReserved = Math.max(mostReserved, reserved.getAsLong());
        }
        if (total > peak) {
            peak = total;
            atPeak = new EnumMap<>(held);
        }
    }

    private MemoryKind kind(MemoryScope scope) {
        for (MemoryScope around = scope; around != null; around = around.parent()) {
            MemoryKind kind = kinds.get(around);
            if (kind != null) {
                return kind;
            }
        }
        return MemoryKind.SCRATCH;
    }

    long peak() {
        return peak;
    }

    long mostReserved() {
        return mostReserved;
    }

    Map<MemoryKind, Long> atPeak() {
        return atPeak;
    }
}
