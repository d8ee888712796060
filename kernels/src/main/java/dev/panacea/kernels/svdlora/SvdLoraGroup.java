package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.Buffer;
import java.util.List;

/**
 * Adapted layers that read one x, such as those of q, k and v: x is read once for all their x·V, and once for all their dV. Their ranks
 * and outputs may differ. Shapes and dtypes are those of {@link SvdLoraLinear}.
 *
 * @param rows tokens
 * @param preferences rows of every diagonal
 * @param x (rows, inputs)
 * @param preferenceOfRow I32 [rows], or null when there is one preference
 */
public record SvdLoraGroup(int rows, int inputs, int preferences, Buffer x, Buffer preferenceOfRow, List<Member> members) {
    public static final int MOST_MEMBERS = 3;

    /**
     * One layer.
     *
     * @param weight W0 (outputs, inputs)
     * @param left U (outputs, rank)
     * @param right V (inputs, rank)
     * @param diagonal d (preferences, rank)
     * @param projected x·V (rows, rank)
     */
    public record Member(int outputs, int rank, Buffer weight, Buffer left, Buffer right, Buffer diagonal, Buffer projected) { }

    /**
     * What a member's backward reads and adds to.
     *
     * @param dy (rows, outputs)
     * @param left dU (outputs, rank), right dV (inputs, rank), diagonal dDiagonal (preferences, rank): F32
     */
    public record Gradients(Buffer dy, Buffer left, Buffer right, Buffer diagonal) { }

    /** @throws IllegalArgumentException unless there are one to {@link #MOST_MEMBERS} members, each with a rank */
    public SvdLoraGroup {
        members = List.copyOf(members);
        if (members.isEmpty() || members.size() > MOST_MEMBERS) {
            throw new IllegalArgumentException("a group has 1 to " + MOST_MEMBERS + " layers, not " + members.size());
        }
        if (inputs < 1 || preferences < 1 || rows < 0 || members.stream().anyMatch(member -> member.rank < 1 || member.outputs < 1)) {
            throw new IllegalArgumentException("an adapted layer has at least one input, output, rank and preference, unlike one of "
                + inputs + " inputs, " + preferences + " preferences and " + members);
        }
        if (preferenceOfRow == null && preferences != 1) {
            throw new IllegalArgumentException(preferences + " preferences need to say which row has which");
        }
    }

    /** The same rows with these members, x standing where it now stands. */
    public SvdLoraGroup of(Buffer input, List<Member> others) {
        return new SvdLoraGroup(rows, inputs, preferences, input, preferenceOfRow, others);
    }

    Shape shape(Member member) {
        return new Shape(rows, inputs, member.outputs, member.rank, preferences);
    }

    /** Of all members. */
    int ranks() {
        return members.stream().mapToInt(Member::rank).sum();
    }

    /** Refuses lists of arguments of another length than {@link #members}. */
    void checkOneEach(String name, List<?> arguments) {
        if (arguments.size() != members.size()) {
            throw new IllegalArgumentException(members.size() + " layers need as many " + name + ", not " + arguments.size());
        }
    }
}
