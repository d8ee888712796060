package dev.panacea.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Float32 of BF16, which is the upper half of one: a copy of twice the size, made in a fraction of a product's time. */
final class Widening {
    private static final VectorSpecies<Integer> WORDS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> HALVES = VectorSpecies.of(short.class, VectorShape.forBitSize(WORDS.vectorBitSize() / 2));
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private Widening() { }

    /** The first {@code count} elements of {@code narrow}, BF16 in host memory, as float32 in memory of {@code allocator}. */
    static MemorySegment of(SegmentAllocator allocator, Buffer narrow, long count) {
        MemorySegment from = HostBuffer.segment(narrow);
        MemorySegment to = allocator.allocate(ValueLayout.JAVA_FLOAT, count);
        long whole = WORDS.loopBound(count);
        for (long i = 0; i < whole; i += WORDS.length()) {
            ShortVector halves = ShortVector.fromMemorySegment(HALVES, from, i * Short.BYTES, ORDER);
            IntVector words = (IntVector) halves.convertShape(VectorOperators.ZERO_EXTEND_S2I, WORDS, 0);
            words.lanewise(VectorOperators.LSHL, Short.SIZE).intoMemorySegment(to, i * Integer.BYTES, ORDER);
        }
        for (long i = whole; i < count; i++) {
            to.setAtIndex(ValueLayout.JAVA_INT, i, from.getAtIndex(ValueLayout.JAVA_SHORT, i) << Short.SIZE);
        }
        return to;
    }
}
