package dev.panacea.training.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The life of memory on a {@link dev.panacea.autograd.Tape}, without the arithmetic: the same takings and givings, in the same order. */
final class PlannedTape {

    /** A gradient's memory, which tensors along a residual stream share. */
    private static final class Gradient {
        private int holders = 1;
    }

    /** An array on a tape. */
    static final class Value {
        private final PlannedTape home;
        private final MemoryKind kind;
        private final long bytes;
        private final boolean differentiable;
        private Gradient gradient;

        private Value(PlannedTape home, MemoryKind kind, long bytes, boolean differentiable) {
            this.home = home;
            this.kind = kind;
            this.bytes = bytes;
            this.differentiable = differentiable;
        }

        boolean differentiable() {
            return differentiable;
        }
    }

    private record Entry(List<Value> outputs, List<Value> memory, Runnable backward) { }

    private final Ledger ledger;
    private final Storage storage;
    private final boolean recording;
    private final List<Entry> entries = new ArrayList<>();
    private final List<Value> unrecorded = new ArrayList<>();
    private Value root;

    PlannedTape(Ledger ledger, Storage storage, boolean recording) {
        this.ledger = ledger;
        this.storage = storage;
        this.recording = recording;
    }

    boolean isRecording() {
        return recording;
    }

    /** Whether an operation on {@code inputs} leaves an entry. */
    boolean differentiates(Value... inputs) {
        return recording && Arrays.stream(inputs).anyMatch(Value::differentiable);
    }

    /** Activations. */
    Value allocate(MemoryKind kind, long count, boolean differentiable) {
        return take(kind, count * storage.activations().bytes(), differentiable);
    }

    /** What is float32 on every device. */
    Value allocateFloats(MemoryKind kind, long count, boolean differentiable) {
        return take(kind, count * Float.BYTES, differentiable);
    }

    private Value take(MemoryKind kind, long bytes, boolean differentiable) {
        Value value = new Value(this, kind, bytes, differentiable);
        ledger.take(kind, value.bytes);
        unrecorded.add(value);
        return value;
    }

    /** Scratch of a kernel that is gone when the kernel returns. */
    void scratch(long bytes) {
        ledger.pass(MemoryKind.SCRATCH, bytes);
    }

    void record(Runnable backward, Value... outputs) {
        entries.add(new Entry(List.of(outputs), List.copyOf(unrecorded), backward));
        unrecorded.clear();
    }

    /** Runs back from a root whose gradient has arrived. */
    void backward(Value from) {
        root = from;
        add(root);
        for (Entry entry : entries.reversed()) {
            entry.backward.run();
            entry.outputs.forEach(this::dropGradient);
            if (!entry.outputs.contains(root)) {
                entry.memory.forEach(this::free);
            }
        }
    }

    /** A gradient that a kernel writes or adds to. */
    void accumulate(Value input) {
        if (!input.differentiable) {
            return;
        }
        if (input.gradient == null) {
            newGradient(input);
        } else if (input.gradient.holders > 1) {
            dropGradient(input);
            newGradient(input);
        }
    }

    /** {@link #add(long, Value...)} by a kernel without scratch. */
    void add(Value... inputs) {
        add(0, inputs);
    }

    /** Gradients that a kernel can only overwrite: what has one already gets its part in memory of its own first. */
    void add(long scratchBytes, Value... inputs) {
        long parts = 0;
        for (Value input : inputs) {
            if (input.differentiable && input.gradient == null) {
                newGradient(input);
            } else {
                ledger.take(MemoryKind.GRADIENTS, input.bytes);
                parts += input.bytes;
            }
        }
        scratch(scratchBytes);
        for (Value input : inputs) {
            accumulate(input);
        }
        ledger.giveBack(MemoryKind.GRADIENTS, parts);
    }

    /** The gradient of {@code output} becomes that of {@code input}, shared where both live on this tape. */
    void pass(Value output, Value input) {
        if (!input.differentiable) {
            return;
        }
        if (input.gradient == null && input.home == output.home) {
            input.gradient = output.gradient;
            input.gradient.holders++;
        } else {
            add(input);
        }
    }

    /** Gives back everything that is still held: the end of the tape's scope. */
    void close() {
        unrecorded.forEach(this::free);
        if (root != null) {
            entries.getLast().memory.forEach(this::free);
        }
    }

    private void newGradient(Value value) {
        value.gradient = new Gradient();
        ledger.take(MemoryKind.GRADIENTS, value.bytes);
    }

    private void dropGradient(Value value) {
        if (value.gradient != null && --value.gradient.holders == 0) {
            ledger.giveBack(MemoryKind.GRADIENTS, value.bytes);
        }
        value.gradient = null;
    }

    private void free(Value value) {
        ledger.giveBack(value.kind, value.bytes);
    }
}
