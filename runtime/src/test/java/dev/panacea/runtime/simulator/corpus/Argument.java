package dev.panacea.runtime.simulator.corpus;

import dev.panacea.runtime.cuda.KernelSignature;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** What a kernel of the corpus is given: a number, or device memory with its contents before and after. */
public sealed interface Argument {

    record OfInt(int value) implements Argument { }

    record OfLong(long value) implements Argument { }

    record OfFloat(float value) implements Argument { }

    record OfDouble(double value) implements Argument { }

    /**
     * @param name what messages call it; for a global, the variable
     * @param initial a heap segment
     * @param expectation of the contents after the launch
     */
    record Memory(String name, MemorySegment initial, Expectation expectation) implements Argument { }

    /** No bit pattern that a kernel of the corpus gives. */
    byte POISON = (byte) 0xa5;

    static Argument value(int value) {
        return new OfInt(value);
    }

    static Argument value(long value) {
        return new OfLong(value);
    }

    static Argument value(float value) {
        return new OfFloat(value);
    }

    static Argument value(double value) {
        return new OfDouble(value);
    }

    /** Memory that holds {@code array}, of a primitive type, and must hold it still after the launch. */
    static Memory input(Object array) {
        return updated(array, Expectation.exact(array));
    }

    /** Poisoned memory of {@code expected}'s size, which must hold exactly {@code expected} after the launch. */
    static Memory output(Object expected) {
        return output(segment(expected).byteSize(), Expectation.exact(expected));
    }

    static Memory output(long bytes, Expectation expectation) {
        return new Memory("output", MemorySegment.ofArray(new byte[Math.toIntExact(bytes)]).fill(POISON), expectation);
    }

    static Memory updated(Object before, Object after) {
        return updated(before, Expectation.exact(after));
    }

    static Memory updated(Object before, Expectation after) {
        return new Memory("memory", MemorySegment.ofArray(segment(before).toArray(ValueLayout.JAVA_BYTE)), after);
    }

    /** Memory that the kernel may leave in any state. */
    static Memory scratch(Object before) {
        return updated(before, actual -> Optional.empty());
    }

    /** The variable {@code name}, set to {@code array} before the launch and unchanged after it. */
    static Memory global(String name, Object array) {
        return new Memory(name, input(array).initial(), Expectation.exact(array));
    }

    static MemorySegment segment(Object array) {
        return switch (array) {
            case byte[] a -> MemorySegment.ofArray(a);
            case short[] a -> MemorySegment.ofArray(a);
            case int[] a -> MemorySegment.ofArray(a);
            case long[] a -> MemorySegment.ofArray(a);
            case float[] a -> MemorySegment.ofArray(a);
            case double[] a -> MemorySegment.ofArray(a);
            default -> throw new IllegalArgumentException("no array of numbers: " + array.getClass().getName());
        };
    }

    /** How the kernel's signature names it. */
    default KernelSignature.Kind kind() {
        return switch (this) {
            case OfInt _ -> KernelSignature.Kind.INT;
            case OfLong _ -> KernelSignature.Kind.LONG;
            case OfFloat _ -> KernelSignature.Kind.FLOAT;
            case OfDouble _ -> KernelSignature.Kind.DOUBLE;
            case Memory _ -> KernelSignature.Kind.POINTER;
        };
    }
}
