package dev.panacea.preference;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.panacea.runtime.BadInputException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A preference vector λ: an immutable point of the simplex, one entry ≥ 0 a dimension, summing to 1. */
public final class Preference {

    /** How far from 1 the given entries may sum; what is off by less is divided by its sum. */
    public static final double SUM_TOLERANCE = 1e-6;

    private final double[] entries;

    private Preference(double[] entries) {
        this.entries = entries;
    }

    /** The preference with these entries; not on the simplex is a {@link BadInputException}. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Preference of(double... entries) {
        if (entries.length == 0) {
            throw new BadInputException("a preference has no entries; give one weight for each dimension, such as 0.7,0.3");
        }
        double sum = 0;
        for (double entry : entries) {
            if (!(entry >= 0 && Double.isFinite(entry))) {
                throw new BadInputException("preference " + text(entries) + " has the entry " + entry + "; every weight must be 0 or more");
            }
            sum += entry;
        }
        if (Math.abs(sum - 1) > SUM_TOLERANCE) {
            throw new BadInputException("preference " + text(entries) + " sums to " + sum + "; the weights must sum to 1");
        }
        return new Preference(normalised(entries, sum));
    }

    /** Reads {@code "0.7,0.3"}; what is no number is a {@link BadInputException}. */
    public static Preference parse(String text) {
        String[] parts = text.split(",", -1);
        double[] entries = new double[parts.length];
        for (int i = 0; i < parts.length; i++) {
            try {
                entries[i] = Double.parseDouble(parts[i].strip());
            } catch (NumberFormatException e) {
                throw new BadInputException("preference '" + text + "' has '" + parts[i].strip()
                    + "' where a number is needed; write one weight for each dimension, such as 0.7,0.3", e);
            }
        }
        return of(entries);
    }

    /** All weight on dimension {@code i} of {@code dimensions}. */
    public static Preference vertex(int dimensions, int i) {
        double[] entries = new double[dimensions];
        entries[i] = 1;
        return new Preference(entries);
    }

    /** The same weight on each of {@code dimensions}. */
    public static Preference centre(int dimensions) {
        if (dimensions < 1) {
            throw new IllegalArgumentException("a preference needs at least one dimension, not " + dimensions);
        }
        double[] entries = new double[dimensions];
        Arrays.fill(entries, 1.0 / dimensions);
        return new Preference(entries);
    }

    /** The number of dimensions m. */
    public int dimensions() {
        return entries.length;
    }

    /** The weight λ_i of dimension {@code i}. */
    public double weight(int i) {
        return entries[i];
    }

    /** A copy of the m weights. */
    @JsonValue
    public double[] weights() {
        return entries.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Preference that && Arrays.equals(entries, that.entries);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(entries);
    }

    /** The form that {@link #parse} reads, every digit kept. */
    @Override
    public String toString() {
        return text(entries);
    }

    // A sum that is off by rounding alone is left, so that a preference read back from its own text is the same to the bit.
    private static double[] normalised(double[] entries, double sum) {
        boolean exact = Math.abs(sum - 1) <= entries.length * Math.ulp(1.0);
        return exact ? entries.clone() : Arrays.stream(entries).map(entry -> entry / sum).toArray();
    }

    private static String text(double[] entries) {
        return Arrays.stream(entries).mapToObj(Double::toString).collect(Collectors.joining(","));
    }
}
