package dev.panacea.data;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What became of the rows of a source: every row was kept or dropped for one reason.
 *
 * @param dropped rows by reason
 */
public record ReadReport(long rows, long kept, Map<String, Long> dropped) {

    public ReadReport {
        dropped = Collections.unmodifiableMap(new TreeMap<>(dropped));
    }

    /** One line: "2354 rows, 2339 kept; dropped: 8 empty response, 2 identical responses". */
    @Override
    public String toString() {
        String line = rows + " rows, " + kept + " kept";
        return dropped.isEmpty() ? line : line + "; dropped: " + dropped.entrySet().stream()
            .map(reason -> reason.getValue() + " " + reason.getKey()).collect(Collectors.joining(", "));
    }
}
