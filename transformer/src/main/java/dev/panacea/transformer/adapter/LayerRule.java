package dev.panacea.transformer.adapter;

import java.util.List;
import java.util.Optional;

/**
 * An exception to a layout's defaults.
 *
 * @param range the layers it concerns: {@code 3}, {@code 0-3}, {@code 28-} (to the last) or {@code all}
 * @param projections the matrices it concerns, adapted or not before; empty for those of the layers that are adapted so far
 * @param rank their singular rank from now on, 0 to leave them without an adapter; the layout's when they had none
 * @param preference whether they carry preference entries from now on
 */
public record LayerRule(String range, List<Projection> projections, Optional<Integer> rank, Optional<Boolean> preference) {
    public LayerRule {
        projections = List.copyOf(projections);
        if (rank.isPresent() && rank.get() < 0) {
            throw new IllegalArgumentException("rank must not be negative, but is " + rank.get());
        }
    }
}
