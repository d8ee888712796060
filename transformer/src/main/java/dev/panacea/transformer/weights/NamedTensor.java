package dev.panacea.transformer.weights;

import dev.panacea.runtime.Buffer;
import java.util.List;

/** A buffer with the name and shape under which a file keeps it. */
public record NamedTensor(String name, List<Long> shape, Buffer buffer) {

    /** @throws IllegalArgumentException when the shape does not multiply to the buffer's count */
    public NamedTensor {
        shape = List.copyOf(shape);
        if (shape.stream().reduce(1L, Math::multiplyExact) != buffer.count()) {
            throw new IllegalArgumentException("'" + name + "' of shape " + shape + " cannot hold " + buffer.count() + " elements");
        }
    }
}
