package dev.panacea.data;

import java.util.Objects;

/** A response worth imitating, for supervised fine-tuning; {@code dimension} is its index in the set's dimensions. */
public record Demonstration(String prompt, String response, int dimension) {

    public Demonstration {
        Objects.requireNonNull(prompt);
        Objects.requireNonNull(response);
        if (dimension < 0) {
            throw new IllegalArgumentException("a dimension is an index, not " + dimension);
        }
    }
}
