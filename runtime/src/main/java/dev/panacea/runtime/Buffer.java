package dev.panacea.runtime;

/** A typed, contiguous piece of one device's memory, owned by a {@link MemoryScope}. Freshly allocated contents are arbitrary. */
public sealed interface Buffer permits HostBuffer {

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
}
