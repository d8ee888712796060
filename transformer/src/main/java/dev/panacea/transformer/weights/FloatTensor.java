package dev.panacea.transformer.weights;

import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.DType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Floating-point elements as a mapped file holds them.
 *
 * @param bytes of all {@code count} elements, little-endian and perhaps not aligned
 */
record FloatTensor(Path file, String name, DType type, long count, MemorySegment bytes) {

    /** @throws BadInputException when one of {@code length} elements from {@code from} on is NaN or infinite */
    void requireFinite(long from, long length) {
        long bad = FloatCopy.firstNonFinite(part(from, length), type, length);
        if (bad >= 0) {
            throw new BadInputException(file + ": the tensor '" + name + "' is not finite at element " + (from + bad)
                + "; the weights are broken");
        }
    }

    /** As {@link FloatCopy#copy}, of {@code length} elements from {@code from} on. */
    void copy(long from, long length, MemorySegment to, DType toType) {
        FloatCopy.copy(part(from, length), type, to, toType, length);
    }

    private MemorySegment part(long from, long length) {
        return bytes.asSlice(from * type.bytes(), length * type.bytes());
    }
}
