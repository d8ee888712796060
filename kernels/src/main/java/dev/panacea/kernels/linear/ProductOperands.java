package dev.panacea.kernels.linear;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.MemoryScope;

/** The operands of products at the precision of a weight: F32 as they are, BF16 rounded into scratch that closing gives back. */
public final class ProductOperands implements AutoCloseable {
    private final Elementwise elementwise;
    private final DType precision;
    private final MemoryScope scratch;

    /** @param precision dtype of the weight: F32 or BF16 */
    public ProductOperands(Device device, Elementwise elementwise, DType precision) {
        this.elementwise = elementwise;
        this.precision = precision;
        this.scratch = device.openScope("operands of a linear layer");
    }

    /** The first {@code count} elements of {@code x} at this precision; {@code x} itself where it has it. */
    public Buffer round(String name, long count, Buffer x) {
        if (x.dtype() == precision) {
            return x;
        }
        Buffer rounded = room(name, count);
        elementwise.cast(count, x, rounded);
        return rounded;
    }

    /** Where {@link #roundInto} puts the operand made of {@code x}: {@code x} itself when it needs no rounding. */
    public Buffer roomFor(String name, Buffer x, long count) {
        return x.dtype() == precision ? x : room(name, count);
    }

    /** Rounds {@code count} elements of {@code x} into {@code rounded}; nothing when x has this precision already. */
    public void roundInto(long count, Buffer x, Buffer rounded) {
        if (x.dtype() != precision) {
            elementwise.cast(count, x, rounded);
        }
    }

    /** Room for an operand that is still to be computed, in this precision. */
    public Buffer room(String name, long count) {
        return scratch.allocate(name, precision, count);
    }

    /** Float32 scratch. */
    public Buffer floats(String name, long count) {
        return scratch.allocate(name, DType.F32, count);
    }

    @Override
    public void close() {
        scratch.close();
    }
}
