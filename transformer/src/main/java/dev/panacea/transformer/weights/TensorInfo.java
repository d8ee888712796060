package dev.panacea.transformer.weights;

import java.util.List;

/**
 * One entry of a safetensors header.
 *
 * @param dtype the format's name for the element type, known to us or not
 * @param begin first byte, counted from the end of the header; {@code end} is one past the last
 */
public record TensorInfo(String name, String dtype, List<Long> shape, long begin, long end) {
    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /** Number of elements. */
    public long count() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }
}
