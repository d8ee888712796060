package dev.panacea.runtime.simulator.arithmetic;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Vectors over a warp's register file, four lanes at a time in float and in double: what AVX2 and all after it hold. */
final class Lanes {
    /** Lanes of a warp: registers of one slot lie together, so lane l of slot s is word {@code s·32 + l}. */
    static final int WARP = 32;
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_128;
    static final VectorSpecies<Integer> INTS = IntVector.SPECIES_128;
    static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_256;
    static final int STEP = FLOATS.length();

    private static final int ALL = (1 << STEP) - 1;
    private static final int MAGNITUDE = 0x7fffffff;
    private static final int SIGN = 0x80000000;
    private static final int LEAST_NORMAL = 0x00800000;

    private Lanes() { }

    static FloatVector load(int[] registers, int slot, int lane) {
        return IntVector.fromArray(INTS, registers, slot * WARP + lane).reinterpretAsFloats();
    }

    /** Stores {@code x} with NaNs made canonical, for those of the mask {@code lanes}. */
    static void store(FloatVector x, int[] registers, int slot, int lane, int lanes) {
        IntVector bits = x.reinterpretAsInts().blend(MAGNITUDE, x.compare(VectorOperators.NE, x).cast(INTS));
        int active = lanes >>> lane & ALL;
        if (active == ALL) {
            bits.intoArray(registers, slot * WARP + lane);
        } else {
            bits.intoArray(registers, slot * WARP + lane, VectorMask.fromLong(INTS, active));
        }
    }

    static DoubleVector widen(FloatVector x) {
        return (DoubleVector) x.convertShape(VectorOperators.F2D, DOUBLES, 0);
    }

    static FloatVector narrow(DoubleVector x) {
        return (FloatVector) x.convertShape(VectorOperators.D2F, FLOATS, 0);
    }

    /** Subnormal numbers become zeros of their sign. */
    static FloatVector flush(FloatVector x) {
        IntVector bits = x.reinterpretAsInts();
        return bits.blend(bits.and(SIGN), bits.and(MAGNITUDE).compare(VectorOperators.LT, LEAST_NORMAL)).reinterpretAsFloats();
    }
}
