package dev.panacea.autograd;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.function.Consumer;

/** A row-major array in a buffer, and, when it is differentiable, room for the gradient of what the tape is run back from. */
public final class Tensor {

    /** A gradient's memory; a residual connection lets two tensors hold the same one. */
    private static final class Shared {
        private final Buffer buffer;
        private int holders = 1;

        Shared(Buffer buffer) {
            this.buffer = buffer;
        }
    }

    private final MemoryScope home;
    private final DType dtype;
    private final int[] shape;
    private final boolean differentiable;
    private final boolean parameter;
    private Buffer buffer;
    private Consumer<Buffer> maker;
    private boolean kept;
    private Shared gradient;

    private Tensor(MemoryScope home, Buffer buffer, int[] shape, boolean differentiable, Buffer parameterGradient) {
        if (elements(shape) != buffer.count()) {
            throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " does not fit a buffer of " + buffer.count());
        }
        this.home = home;
        this.buffer = buffer;
        this.dtype = buffer.dtype();
        this.shape = shape.clone();
        this.differentiable = differentiable;
        this.parameter = parameterGradient != null;
        this.gradient = parameter ? new Shared(parameterGradient) : null;
    }

    /** Data that no gradient is wanted for. */
    public static Tensor constant(Buffer buffer, int... shape) {
        return new Tensor(null, buffer, shape, false, null);
    }

    /** A trained array; gradients are added to {@code gradient}, F32, which the caller clears. */
    public static Tensor parameter(Buffer buffer, Buffer gradient, int... shape) {
        return new Tensor(null, buffer, shape, true, gradient);
    }

    /** A new array in {@code home}, contents arbitrary; its gradient, if it gets one, will be of the same dtype and lie there too. */
    static Tensor allocate(MemoryScope home, String name, DType dtype, boolean differentiable, int... shape) {
        return new Tensor(home, home.allocate(name, dtype, elements(shape)), shape, differentiable, null);
    }

    /** The number of elements of {@code shape}. */
    public static long elements(int... shape) {
        long count = 1;
        for (int extent : shape) {
            count = Math.multiplyExact(count, (long) extent);
        }
        return count;
    }

    /**
     * The values, made again first where they were given back.
     *
     * @throws IllegalStateException when they were given back, as no backward had been said to read them
     */
    public Buffer buffer() {
        if (buffer == null) {
            if (maker == null) {
                throw new IllegalStateException("the values of " + this + " were given back, as no backward was said to read them");
            }
            buffer = home.allocate("made again", dtype, count());
            maker.accept(buffer);
        }
        return buffer;
    }

    /** Says that a backward will read the values. */
    void keep() {
        kept = true;
    }

    /** @param writes the values, the same bits each time, from what backwards read too */
    void setMaker(Consumer<Buffer> writes) {
        maker = writes;
    }

    boolean canBeMadeAgain() {
        return maker != null;
    }

    boolean isKept() {
        return kept;
    }

    /** Gives the values back to where they came from. */
    void giveBack() {
        if (buffer != null) {
            home.release(buffer);
            buffer = null;
        }
    }

    public int[] shape() {
        return shape.clone();
    }

    public int extent(int axis) {
        return shape[axis];
    }

    public long count() {
        return elements(shape);
    }

    public boolean differentiable() {
        return differentiable;
    }

    /** The gradient's memory, or null when none has arrived. */
    public Buffer gradient() {
        return gradient == null ? null : gradient.buffer;
    }

    /** A copy of the values on the host; float32 only. */
    public float[] toFloats() {
        return buffer().toFloats();
    }

    /** What its gradient's memory holds or will hold. */
    DType gradientType() {
        return gradient == null ? dtype : gradient.buffer.dtype();
    }

    boolean hasGradient() {
        return gradient != null;
    }

    boolean gradientIsShared() {
        return gradient.holders > 1;
    }

    Buffer newGradient() {
        gradient = new Shared(home.allocate("gradient", dtype, count()));
        return gradient.buffer;
    }

    boolean sharesHomeWith(Tensor other) {
        return home == other.home;
    }

    void shareGradientOf(Tensor other) {
        gradient = other.gradient;
        gradient.holders++;
    }

    void dropGradient() {
        if (gradient == null || parameter) {
            return;
        }
        if (--gradient.holders == 0) {
            home.release(gradient.buffer);
        }
        gradient = null;
    }

    @Override
    public String toString() {
        return dtype + Arrays.toString(shape);
    }
}
