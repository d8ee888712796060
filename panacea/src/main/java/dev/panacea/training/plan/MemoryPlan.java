package dev.panacea.training.plan;

import dev.panacea.runtime.DType;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import dev.panacea.training.plan.PlannedTape.Value;
import dev.panacea.transformer.adapter.AdaptedMatrix;
import dev.panacea.transformer.adapter.AdapterPlan;
import dev.panacea.transformer.config.LlamaConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The device memory of work with an adapter on a frozen model, before anything is allocated: its own takings and givings, gone
 * through without their arithmetic.
 *
 * @param peakBytes the most that is held at once
 * @param atPeak what it is held for, in bytes by kind
 * @param peakBesideScratch the most bytes that are held between two kernels, when none has scratch
 */
public record MemoryPlan(long peakBytes, Map<MemoryKind, Long> atPeak, long peakBesideScratch) {
    private static final long FLOAT = DType.F32.bytes();
    /** Every parameter starts on a cache line. */
    private static final long PARAMETER_ALIGNMENT = 16;

    /** One forward and backward pass of training; a batch of several holds no more. */
    public static MemoryPlan ofStep(LlamaConfig config, AdapterPlan adapter, Storage storage, StepExtent extent) {
        Ledger ledger = resident(config, adapter, storage, extent);
        ledger.take(MemoryKind.MOMENTS, 2 * parameters(adapter) * FLOAT);
        ledger.take(MemoryKind.BATCH, batch(extent));
        PlannedTape tape = new PlannedTape(ledger, storage, true);
        tape.backward(losses(tape, new PlannedModel(config, adapter.matrices(), storage, extent, ledger).logProbs(tape), extent));
        return new MemoryPlan(ledger.peak(), ledger.atPeak(), ledger.peakBesideScratch());
    }

    /** One forward pass of a plain model: the base model as a reference, or with adapters held one that is merged for the pass. */
    public static MemoryPlan ofPass(LlamaConfig config, AdapterPlan adapter, Storage storage, StepExtent extent) {
        Ledger ledger = resident(config, adapter, storage, extent);
        if (extent.adapters() > 0) {
            ledger.take(MemoryKind.MERGED_WEIGHTS, adapter.matrices().stream()
                .mapToLong(matrix -> (long) matrix.outputs() * matrix.inputs()).sum() * storage.matrices().bytes());
        }
        ledger.take(MemoryKind.BATCH, batch(extent));
        PlannedTape tape = new PlannedTape(ledger, storage, false);
        new PlannedModel(config, List.of(), storage, extent, ledger).logProbs(tape);
        tape.allocateFloats(MemoryKind.OUTER_ACTIVATIONS, extent.sequences(), false);
        return new MemoryPlan(ledger.peak(), ledger.atPeak(), ledger.peakBesideScratch());
    }

    // what is held between steps, but for the optimiser's
    private static Ledger resident(LlamaConfig config, AdapterPlan adapter, Storage storage, StepExtent extent) {
        Ledger ledger = new Ledger();
        ledger.take(MemoryKind.FROZEN_WEIGHTS, weights(config, storage));
        ledger.take(MemoryKind.ROTARY_TABLES, (long) config.maxPositions() * config.headDim() * FLOAT);
        ledger.take(MemoryKind.ADAPTER, extent.adapters() * parameters(adapter) * (FLOAT + storage.copyBytes()));
        ledger.take(MemoryKind.ADAPTER_GRADIENTS, extent.adapters() * parameters(adapter) * FLOAT);
        return ledger;
    }

    private static long parameters(AdapterPlan adapter) {
        return adapter.matrices().stream().mapToLong(MemoryPlan::padded).sum();
    }

    // sums over sequences, then a loss for each dimension
    private static Value losses(PlannedTape tape, Value logProbs, StepExtent extent) {
        Value sums = tape.allocateFloats(MemoryKind.OUTER_ACTIVATIONS, extent.sequences(), true);
        tape.record(() -> tape.add(logProbs), sums);
        Value losses = tape.allocateFloats(MemoryKind.OUTER_ACTIVATIONS, (long) extent.sequences() * extent.dimensions(), true);
        tape.record(() -> tape.add(sums), losses);
        return losses;
    }

    private static long weights(LlamaConfig config, Storage storage) {
        long norms = (2L * config.layers() + 1) * config.hiddenSize();
        return (config.parameterCount() - norms) * storage.matrices().bytes() + norms * storage.activations().bytes();
    }

    private static long padded(AdaptedMatrix matrix) {
        long scale = matrix.preferenceEntries() > 0 ? PARAMETER_ALIGNMENT : 0;
        return aligned((long) matrix.outputs() * matrix.directions()) + aligned((long) matrix.inputs() * matrix.directions())
            + aligned(matrix.rank()) + scale;
    }

    private static long aligned(long count) {
        return Math.ceilDiv(count, PARAMETER_ALIGNMENT) * PARAMETER_ALIGNMENT;
    }

    // ids, positions and targets; reference log-probabilities under DPO; each row's preference where there are several
    private static long batch(StepExtent extent) {
        int arrays = 3 + (extent.referenceRows() > 0 ? 1 : 0) + (extent.preferences() > 1 ? 1 : 0);
        return arrays * (long) extent.rows() * FLOAT
            + ((long) extent.sequences() + extent.preferences()) * extent.dimensions() * FLOAT;
    }

    /** Threads that the host's kernels take scratch memory for. */
    static int threads(Device device) {
        return switch (device) {
            case HostDevice host -> host.workers().count();
            case CudaDevice cuda -> 1;
        };
    }

    private long held(MemoryKind kind) {
        return atPeak.getOrDefault(kind, 0L);
    }

    /**
     * Bytes that a step must at least move between processor and memory: weights read forward and backward, kept activations
     * written and read, AdamW's four arrays read and three of them written.
     */
    public long leastTraffic() {
        long activations = held(MemoryKind.BLOCK_ACTIVATIONS) + held(MemoryKind.OUTER_ACTIVATIONS) + held(MemoryKind.DERIVATIVE);
        return 2 * held(MemoryKind.FROZEN_WEIGHTS) + 2 * activations + 7 * held(MemoryKind.MOMENTS) / 2;
    }

    /** A table for people. */
    public String table() {
        StringBuilder text = new StringBuilder();
        rows().forEach((name, bytes) -> text.append(String.format(Locale.ROOT, "%-30s %,18d bytes %5.1f %%%n", name, bytes,
            100.0 * bytes / peakBytes)));
        return text.append(String.format(Locale.ROOT, "%-30s %,18d bytes%n", "most held at once", peakBytes)).toString();
    }

    /** Bytes by name, in the order of a report; what takes none is left out. */
    public Map<String, Long> rows() {
        Map<String, Long> rows = new LinkedHashMap<>();
        for (MemoryKind kind : List.of(MemoryKind.values())) {
            if (held(kind) > 0) {
                rows.put(kind.toString(), held(kind));
            }
        }
        return rows;
    }
}
