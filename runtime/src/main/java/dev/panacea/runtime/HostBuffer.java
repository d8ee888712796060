package dev.panacea.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/** A {@link Buffer} in host memory: a native segment, 64-byte aligned at its allocation. */
public final class HostBuffer implements Buffer {
    private final MemoryScope.Allocation owner;
    private final DType dtype;
    private final long count;
    private final MemorySegment segment;

    HostBuffer(MemoryScope.Allocation owner, DType dtype, long count, MemorySegment segment) {
        this.owner = owner;
        this.dtype = dtype;
        this.count = count;
        this.segment = segment;
    }

    /**
     * The host view of {@code buffer}.
     *
     * @throws IllegalArgumentException when it lives on another device
     */
    public static HostBuffer of(Buffer buffer) {
        if (buffer instanceof HostBuffer host) {
            return host;
        }
        throw new IllegalArgumentException("a host buffer is needed here, not one on " + buffer.device());
    }

    /** The host memory of {@code buffer}; shorthand for {@code of(buffer).segment()}. */
    public static MemorySegment segment(Buffer buffer) {
        return of(buffer).segment();
    }

    /**
     * The memory itself.
     *
     * @throws IllegalStateException after the owning scope closed or the buffer was released
     */
    public MemorySegment segment() {
        owner.checkAlive();
        return segment;
    }

    MemoryScope.Allocation owner() {
        return owner;
    }

    @Override
    public Device device() {
        return owner.scope().device();
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public HostBuffer slice(long from, long length) {
        Objects.checkFromIndexSize(from, length, count);
        long width = dtype.bytes();
        return new HostBuffer(owner, dtype, length, segment().asSlice(from * width, length * width));
    }

    public float getFloat(long index) {
        return segment().getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }

    public void setFloat(long index, float value) {
        segment().setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
    }

    public int getInt(long index) {
        return segment().getAtIndex(ValueLayout.JAVA_INT, index);
    }

    public void setInt(long index, int value) {
        segment().setAtIndex(ValueLayout.JAVA_INT, index, value);
    }

    @Override
    public float[] toFloats() {
        return segment().toArray(ValueLayout.JAVA_FLOAT);
    }

    @Override
    public int[] toInts() {
        return segment().toArray(ValueLayout.JAVA_INT);
    }

    @Override
    public HostBuffer copyFrom(float[] values) {
        Objects.checkFromIndexSize(0, values.length, count);
        MemorySegment.copy(values, 0, segment(), ValueLayout.JAVA_FLOAT, 0, values.length);
        return this;
    }

    @Override
    public HostBuffer copyFrom(int[] values) {
        Objects.checkFromIndexSize(0, values.length, count);
        MemorySegment.copy(values, 0, segment(), ValueLayout.JAVA_INT, 0, values.length);
        return this;
    }

    @Override
    public void fill(byte value) {
        segment().fill(value);
    }

    @Override
    public String toString() {
        return owner.name() + ": " + dtype + "[" + count + "] on host";
    }
}
