package dev.panacea.transformer.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that a mistyped one was probably meant to be. */
final class NearestName {
    private NearestName() { }

    /** The closest of {@code known} within a third of the longer name's length in edits, or nothing. */
    static Optional<String> of(String given, Collection<String> known) {
        return known.stream()
            .filter(name -> distance(given, name) <= Math.max(1, Math.max(given.length(), name.length()) / 3))
            .min(Comparator.comparingInt((String name) -> distance(given, name)).thenComparing(Comparator.naturalOrder()));
    }

    /** Least insertions, deletions and substitutions between two names, by dynamic programming over one row. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
