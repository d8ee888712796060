package dev.panacea.runtime.simulator.execution;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Moves registers of a warp between its files and vectors, a few lanes at a time. */
final class Lanes {
    static final VectorSpecies<Integer> WORDS = IntVector.SPECIES_PREFERRED;
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    static final int STEP = WORDS.length();
    static final int LONG_STEP = LONGS.length();
    static final int CANONICAL_NAN = 0x7FFFFFFF;

    private static final int[] BITS = new int[Warp.LANES];
    private static final long[] LONG_BITS = new long[Warp.LANES];

    static {
        for (int lane = 0; lane < Warp.LANES; lane++) {
            BITS[lane] = 1 << lane;
            LONG_BITS[lane] = 1L << lane;
        }
    }

    private Lanes() { }

    static IntVector load(int[] words, int at) {
        return IntVector.fromArray(WORDS, words, at);
    }

    static FloatVector loadFloat(int[] words, int at) {
        return IntVector.fromArray(WORDS, words, at).reinterpretAsFloats();
    }

    static LongVector load(long[] longs, int at) {
        return LongVector.fromArray(LONGS, longs, at);
    }

    /** The lanes from {@code first} on that {@code lanes} names. */
    static VectorMask<Integer> mask(int lanes, int first) {
        return IntVector.fromArray(WORDS, BITS, first).and(lanes).compare(VectorOperators.NE, 0);
    }

    static VectorMask<Long> longMask(int lanes, int first) {
        return LongVector.fromArray(LONGS, LONG_BITS, first).and(lanes & 0xFFFFFFFFL).compare(VectorOperators.NE, 0);
    }

    /** Writes lanes {@code first} on of register {@code slot}, those that {@code lanes} names. */
    static void store(IntVector value, int[] words, int slot, int first, int lanes) {
        if (lanes == Warp.ALL) {
            value.intoArray(words, slot + first);
        } else {
            load(words, slot + first).blend(value, mask(lanes, first)).intoArray(words, slot + first);
        }
    }

    static void store(LongVector value, long[] longs, int slot, int first, int lanes) {
        if (lanes == Warp.ALL) {
            value.intoArray(longs, slot + first);
        } else {
            load(longs, slot + first).blend(value, longMask(lanes, first)).intoArray(longs, slot + first);
        }
    }

    /** The same for results of float arithmetic: NaN becomes the one that the hardware writes. */
    static void store(FloatVector value, int[] words, int slot, int first, int lanes, boolean flush) {
        IntVector bits = value.reinterpretAsInts().blend(CANONICAL_NAN, value.compare(VectorOperators.NE, value).cast(WORDS));
        store(flush ? flush(bits) : bits, words, slot, first, lanes);
    }

    /** An operand of float arithmetic; subnormals become zeros of their sign when {@code flush}. */
    static FloatVector operand(int[] words, int at, boolean flush) {
        IntVector bits = load(words, at);
        return (flush ? flush(bits) : bits).reinterpretAsFloats();
    }

    private static IntVector flush(IntVector bits) {
        return bits.blend(bits.and(Integer.MIN_VALUE), bits.and(0x7F800000).compare(VectorOperators.EQ, 0));
    }
}
