package dev.panacea.autograd;

import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All trained arrays as slices of one flat float32 run, their gradients as slices of another: clipping, the optimiser,
 * checkpoints and all-reduce each see one array.
 */
public final class ParameterSet {

    /** Name and shape of one parameter, and where it begins in the flat run. */
    public record Slot(String name, List<Integer> shape, long offset, long count) {
        int[] extents() {
            return shape.stream().mapToInt(Integer::intValue).toArray();
        }
    }

    /** Collects slots before memory is taken. */
    public static final class Builder {
        // 64 bytes: every slot starts on a cache line
        private static final int ALIGNMENT = 16;

        private final Map<String, Slot> slots = new LinkedHashMap<>();
        private long size;

        public Builder add(String name, int... shape) {
            List<Integer> extents = new ArrayList<>();
            for (int extent : shape) {
                extents.add(extent);
            }
            Slot slot = new Slot(name, List.copyOf(extents), size, Tensor.elements(shape));
            if (slots.put(name, slot) != null) {
                throw new IllegalArgumentException("parameter " + name + " is there twice");
            }
            size += Math.ceilDiv(slot.count(), ALIGNMENT) * ALIGNMENT;
            return this;
        }

        public long size() {
            return size;
        }

        /** Takes memory in {@code scope}; values and gradients start as zeros. */
        public ParameterSet build(Kernels kernels, MemoryScope scope) {
            return new ParameterSet(kernels, scope, slots, size);
        }
    }

    private final Map<String, Slot> slots;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Kernels kernels;
    private final Buffer values;
    private final Buffer gradients;

    private ParameterSet(Kernels kernels, MemoryScope scope, Map<String, Slot> slots, long size) {
        this.kernels = kernels;
        this.slots = Map.copyOf(slots);
        values = scope.allocate("parameters", DType.F32, size);
        gradients = scope.allocate("parameter gradients", DType.F32, size);
        kernels.elementwise().fill(size, 0, values);
        clearGradients();
        slots.forEach((name, slot) -> tensors.put(name, Tensor.parameter(values.slice(slot.offset(), slot.count()),
            gradients.slice(slot.offset(), slot.count()), slot.extents())));
    }

    /**
     * The parameter of that name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public Tensor get(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("there is no parameter " + name);
        }
        return tensor;
    }

    /** Parameters by name, in the order they were added. */
    public Map<String, Tensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /** Number of trained values, padding not counted. */
    public long parameterCount() {
        return slots.values().stream().mapToLong(Slot::count).sum();
    }

    /** All values as one flat run. */
    public Buffer values() {
        return values;
    }

    /** All gradients as one flat run. */
    public Buffer gradients() {
        return gradients;
    }

    public void clearGradients() {
        kernels.elementwise().fill(gradients.count(), 0, gradients);
    }
}
