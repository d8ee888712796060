package dev.panacea.kernels.vectors;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Float vectors over native memory, addressed by element. Loads and stores take the end of the range and mask what lies beyond
 * it, so one body serves whole vectors and the rest. Kernels run it in a loop over whole vectors, where no mask is made (masked
 * stores run at half speed), and once more behind it if there is a rest. A single loop over both would be shorter, but the
 * compiler bets on there being no rest, and when it loses throws its code away, again and again.
 *
 * <p>Sums over lanes are written out here because {@code reduceLanes} leaves the order of additions open and compiled and
 * interpreted code differ in it: the same call would not always give the same bits.
 */
public final class Lanes {
    public static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** Floats in a vector. */
    public static final int COUNT = SPECIES.length();

    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
    private static final VectorShuffle<Float> BY_EIGHT = SPECIES.iotaShuffle(8, 1, true);
    private static final VectorShuffle<Float> BY_FOUR = SPECIES.iotaShuffle(4, 1, true);
    private static final VectorShuffle<Float> BY_TWO = SPECIES.iotaShuffle(2, 1, true);
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private Lanes() { }

    public static FloatVector zero() {
        return FloatVector.zero(SPECIES);
    }

    public static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    /** Elements from {@code index}; lanes at or past element {@code end} are 0. */
    public static FloatVector load(MemorySegment memory, long index, long end) {
        if (index <= end - COUNT) {
            return FloatVector.fromMemorySegment(SPECIES, memory, index << 2, ORDER);
        }
        return FloatVector.fromMemorySegment(SPECIES, memory, index << 2, ORDER, SPECIES.indexInRange(index, end));
    }

    /** Stores all lanes but those at or past element {@code end}. */
    public static void store(FloatVector vector, MemorySegment memory, long index, long end) {
        if (index <= end - COUNT) {
            vector.intoMemorySegment(memory, index << 2, ORDER);
        } else {
            vector.intoMemorySegment(memory, index << 2, ORDER, SPECIES.indexInRange(index, end));
        }
    }

    /** Sum of the lanes, always in the same order: halves folded onto each other. */
    public static float sum(FloatVector vector) {
        FloatVector folded = vector;
        if (COUNT > 8) {
            folded = folded.add(folded.rearrange(BY_EIGHT));
        }
        if (COUNT > 4) {
            folded = folded.add(folded.rearrange(BY_FOUR));
        }
        if (COUNT > 2) {
            folded = folded.add(folded.rearrange(BY_TWO));
        }
        return folded.lane(0) + folded.lane(1);
    }

    /** The first or second half of the lanes, exactly, in float64. */
    public static DoubleVector widen(FloatVector vector, int half) {
        return (DoubleVector) vector.convertShape(VectorOperators.F2D, DOUBLES, half);
    }
}
