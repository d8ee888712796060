package dev.panacea.data.source;

import java.util.List;
import java.util.Optional;

/** Finds which of the known dimensions a row speaks of. */
record DimensionOfRow(List<String> dimensions) {

    /** The index of {@code ofFile}, or else of the row's field {@code dimension}. */
    int index(Row row, Optional<String> ofFile) {
        String name = ofFile.orElseGet(() -> row.text("dimension"));
        int index = dimensions.indexOf(name);
        if (index < 0) {
            throw row.fault("the dimension '" + Excerpt.of(name) + "' is none of " + dimensions);
        }
        return index;
    }
}
