package dev.panacea.data;

import java.util.Arrays;
import java.util.Objects;

/**
 * Two responses to one prompt, judged in any number of preference dimensions.
 *
 * @param id names the pair in messages and reports
 * @param labels one a dimension: +1 response 0 is better, -1 response 1 is better, 0 not judged
 */
public record PreferencePair(String id, String prompt, String response0, String response1, byte[] labels) {

    public PreferencePair {
        Objects.requireNonNull(id);
        Objects.requireNonNull(prompt);
        Objects.requireNonNull(response0);
        Objects.requireNonNull(response1);
        labels = labels.clone();
        for (byte label : labels) {
            if (label < -1 || label > 1) {
                throw new IllegalArgumentException("a label is +1, -1 or 0, not " + label + " as in pair " + id);
            }
        }
    }

    @Override
    public byte[] labels() {
        return labels.clone();
    }

    public byte label(int dimension) {
        return labels[dimension];
    }

    /** The response that {@code dimension} prefers; only for a dimension that judges this pair. */
    public String preferred(int dimension) {
        if (labels[dimension] == 0) {
            throw new IllegalStateException("pair " + id + " is not judged in dimension " + dimension);
        }
        return labels[dimension] > 0 ? response0 : response1;
    }

    /** Whether two dimensions prefer different responses. */
    public boolean conflicting() {
        boolean first = false;
        boolean second = false;
        for (byte label : labels) {
            first |= label > 0;
            second |= label < 0;
        }
        return first && second;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PreferencePair that && id.equals(that.id) && prompt.equals(that.prompt)
            && response0.equals(that.response0) && response1.equals(that.response1) && Arrays.equals(labels, that.labels);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, prompt, response0, response1, Arrays.hashCode(labels));
    }
}
