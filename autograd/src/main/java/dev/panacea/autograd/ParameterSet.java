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
 * checkpoints and all-reduce each see one array. Where activations are not float32, products read copies in the activations'
 * dtype, slices of a third run, and the float32 values are the masters that the copies are rounded from.
 */
public final class ParameterSet {

    /** Name and shape of one parameter, where it begins in the flat run, and whether products read it as they read activations. */
    private record Slot(String name, List<Integer> shape, long offset, long count, boolean copied) {
        int[] extents() {
            return shape.stream().mapToInt(Integer::intValue).toArray();
        }

        Buffer of(Buffer run) {
            return run.slice(offset, count);
        }
    }

    /** Collects slots before memory is taken. */
    public static final class Builder {
        // 64 bytes: every slot starts on a cache line
        private static final int ALIGNMENT = 16;

        private final Map<String, Slot> slots = new LinkedHashMap<>();
        private long size;

        /** A parameter that is used in the dtype of activations. */
        public Builder add(String name, int... shape) {
            return add(name, true, shape);
        }

        /** A parameter that is used in float32 on every device. */
        public Builder addFloats(String name, int... shape) {
            return add(name, false, shape);
        }

        private Builder add(String name, boolean copied, int... shape) {
            List<Integer> extents = new ArrayList<>();
            for (int extent : shape) {
                extents.add(extent);
            }
            Slot slot = new Slot(name, List.copyOf(extents), size, Tensor.elements(shape), copied);
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
    private final Buffer copies;

    private ParameterSet(Kernels kernels, MemoryScope scope, Map<String, Slot> slots, long size) {
        this.kernels = kernels;
        this.slots = new LinkedHashMap<>(slots);
        values = scope.allocate("parameters", DType.F32, size);
        gradients = scope.allocate("parameter gradients", DType.F32, size);
        copies = kernels.activations() == DType.F32 ? null : scope.allocate("parameter copies", kernels.activations(), size);
        kernels.elementwise().fill(size, 0, values);
        clearGradients();
        refreshCopies();
        slots.forEach((name, slot) -> tensors.put(name,
            Tensor.parameter(slot.of(slot.copied && copies != null ? copies : values), slot.of(gradients), slot.extents())));
    }

    /**
     * The parameter of that name, as products read it.
     *
     * @throws IllegalArgumentException when there is none
     */
    public Tensor get(String name) {
        return find(tensors, name);
    }

    private static <T> T find(Map<String, T> map, String name) {
        T found = map.get(name);
        if (found == null) {
            throw new IllegalArgumentException("there is no parameter " + name);
        }
        return found;
    }

    /** Parameters by name, in the order they were added, as products read them. */
    public Map<String, Tensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /**
     * The float32 values of the parameter of that name; whoever writes them calls {@link #refreshCopies} before the next product.
     *
     * @throws IllegalArgumentException when there is none
     */
    public Buffer master(String name) {
        return find(slots, name).of(values);
    }

    /** Number of trained values, padding not counted. */
    public long parameterCount() {
        return slots.values().stream().mapToLong(Slot::count).sum();
    }

    /** All values as one flat run: the masters. */
    public Buffer values() {
        return values;
    }

    /** All gradients as one flat run. */
    public Buffer gradients() {
        return gradients;
    }

    /** The copies that products read, laid out as {@link #values}; null where they read those themselves. */
    Buffer copies() {
        return copies;
    }

    /** Rounds all masters into the copies. */
    public void refreshCopies() {
        if (copies != null) {
            kernels.elementwise().cast(values.count(), values, copies);
        }
    }

    public void clearGradients() {
        kernels.elementwise().fill(gradients.count(), 0, gradients);
    }
}
