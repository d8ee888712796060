package dev.panacea.kernels.vectors;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Vectors of {@link Lanes#COUNT} 16-bit floats over native memory: the upper half of a float32 (BF16) or IEEE binary16 (F16). */
public final class HalfLanes {
    private static final VectorSpecies<Integer> BITS = Lanes.SPECIES.withLanes(int.class);
    private static final VectorSpecies<Short> HALVES =
        VectorSpecies.of(short.class, VectorShape.forBitSize(Lanes.SPECIES.vectorBitSize() / 2));
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private static final int INFINITY = 0x7F800000;
    private static final int MAGNITUDE = 0x7FFFFFFF;
    // binary16: fraction bits short of float32's, sign bit, and the float bits of its infinity once shifted
    private static final int F16_SHIFT = 13;
    private static final int F16_SIGN = 0x8000;
    private static final int F16_INFINITY = 0x7C00 << F16_SHIFT;
    // ratio of the two formats' exponent biases (127 - 15)
    private static final float F16_SCALE = 0x1p112f;

    private HalfLanes() { }

    /** BF16 elements from {@code index} in float32, exactly; lanes at or past element {@code end} are 0. */
    public static FloatVector loadBf16(MemorySegment memory, long index, long end) {
        return load(memory, index, end).lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    /** F16 elements from {@code index} in float32, exactly; lanes at or past element {@code end} are 0. */
    public static FloatVector loadF16(MemorySegment memory, long index, long end) {
        IntVector raw = load(memory, index, end);
        IntVector sign = raw.and(F16_SIGN).lanewise(VectorOperators.LSHL, 16);
        IntVector magnitude = raw.and(F16_SIGN - 1).lanewise(VectorOperators.LSHL, F16_SHIFT);
        // the multiplication moves the exponent and normalises subnormals; infinities and NaNs keep the highest exponent instead
        IntVector finite = magnitude.reinterpretAsFloats().mul(F16_SCALE).reinterpretAsInts();
        VectorMask<Integer> special = magnitude.compare(VectorOperators.GE, F16_INFINITY);
        return finite.blend(magnitude.or(INFINITY), special).or(sign).reinterpretAsFloats();
    }

    /** Stores {@code vector} as BF16, to nearest, ties to even, NaN as NaN, all lanes but those at or past element {@code end}. */
    public static void storeBf16(FloatVector vector, MemorySegment memory, long index, long end) {
        IntVector raw = vector.reinterpretAsInts();
        IntVector odd = raw.lanewise(VectorOperators.LSHR, 16).and(1);
        IntVector rounded = raw.add(odd).add(0x7FFF);
        // rounding could carry a NaN's fraction away: it becomes quiet instead
        VectorMask<Integer> nan = raw.and(MAGNITUDE).compare(VectorOperators.GT, INFINITY);
        IntVector kept = rounded.blend(raw.or(0x400000), nan).lanewise(VectorOperators.LSHR, 16);
        store((ShortVector) kept.convertShape(VectorOperators.I2S, HALVES, 0), memory, index, end);
    }

    private static IntVector load(MemorySegment memory, long index, long end) {
        ShortVector halves = index <= end - Lanes.COUNT
            ? ShortVector.fromMemorySegment(HALVES, memory, index << 1, ORDER)
            : ShortVector.fromMemorySegment(HALVES, memory, index << 1, ORDER, HALVES.indexInRange(index, end));
        return (IntVector) halves.convertShape(VectorOperators.ZERO_EXTEND_S2I, BITS, 0);
    }

    private static void store(ShortVector halves, MemorySegment memory, long index, long end) {
        if (index <= end - Lanes.COUNT) {
            halves.intoMemorySegment(memory, index << 1, ORDER);
        } else {
            halves.intoMemorySegment(memory, index << 1, ORDER, HALVES.indexInRange(index, end));
        }
    }
}
