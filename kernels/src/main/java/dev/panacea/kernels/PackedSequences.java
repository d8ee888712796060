package dev.panacea.kernels;

import java.util.Arrays;

/**
 * Sequences of different lengths laid one behind the other in one token axis, without padding.
 *
 * @param offsets cumulative lengths: sequence i is tokens {@code offsets[i]} (inclusive) to {@code offsets[i + 1]} (exclusive);
 *     begins with 0; sequences may be empty
 */
public record PackedSequences(int[] offsets) {

    public PackedSequences {
        offsets = offsets.clone();
        if (offsets.length == 0 || offsets[0] != 0) {
            throw new IllegalArgumentException("cumulative lengths must begin with 0: " + Arrays.toString(offsets));
        }
        for (int i = 1; i < offsets.length; i++) {
            if (offsets[i] < offsets[i - 1]) {
                throw new IllegalArgumentException("cumulative lengths must not fall: " + offsets[i - 1] + ", " + offsets[i]);
            }
        }
    }

    public static PackedSequences ofLengths(int... lengths) {
        int[] offsets = new int[lengths.length + 1];
        for (int i = 0; i < lengths.length; i++) {
            offsets[i + 1] = Math.addExact(offsets[i], lengths[i]);
        }
        return new PackedSequences(offsets);
    }

    public int count() {
        return offsets.length - 1;
    }

    /** All tokens of all sequences. */
    public int tokens() {
        return offsets[count()];
    }

    public int start(int sequence) {
        return offsets[sequence];
    }

    public int length(int sequence) {
        return offsets[sequence + 1] - offsets[sequence];
    }

    public int longest() {
        int longest = 0;
        for (int i = 0; i < count(); i++) {
            longest = Math.max(longest, length(i));
        }
        return longest;
    }

    /** Position of every token inside its own sequence: [tokens]. */
    public int[] positions() {
        int[] positions = new int[tokens()];
        for (int i = 0; i < count(); i++) {
            for (int t = start(i); t < offsets[i + 1]; t++) {
                positions[t] = t - start(i);
            }
        }
        return positions;
    }

    /** Index of the sequence of every token: [tokens]. */
    public int[] sequenceOfToken() {
        int[] owner = new int[tokens()];
        for (int i = 0; i < count(); i++) {
            Arrays.fill(owner, start(i), offsets[i + 1], i);
        }
        return owner;
    }
}
