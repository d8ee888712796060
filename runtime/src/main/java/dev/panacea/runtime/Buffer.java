package dev.panacea.runtime;

/** A typed, contiguous piece of one device's memory, owned by a {@link MemoryScope}. Freshly allocated contents are arbitrary. */
public sealed interface Buffer permits HostBuffer, CudaBuffer {

    Device device();

    DType dtype();

    /** Number of elements. */
    long count();

    default long bytes() {
        return count() * dtype().bytes();
    }

    /**
     * A view of {@code count} elements from element {@code from}; shares memory and lifetime with this buffer.
     *
     * @throws IndexOutOfBoundsException when the range leaves this buffer
     */
    Buffer slice(long from, long count);

    /**
     * Fills this buffer with the values of {@code source}, wherever the two are; what is computed with either afterwards sees that.
     *
     * @throws IllegalArgumentException unless both hold as many elements of one dtype
     */
    default void copyFrom(Buffer source) {
        Transfer.copy(source, this);
    }

    /** Fills the first elements of a float32 buffer with {@code values}. */
    Buffer copyFrom(float[] values);

    /** Fills the first elements of an int32 buffer with {@code values}. */
    Buffer copyFrom(int[] values);

    /** A copy of all elements; for float32 buffers. */
    float[] toFloats();

    /** A copy of all elements; for int32 buffers. */
    int[] toInts();

    /** Sets every byte. */
    void fill(byte value);
}
