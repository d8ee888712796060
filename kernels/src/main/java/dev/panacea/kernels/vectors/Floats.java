package dev.panacea.kernels.vectors;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Float32 values at native addresses, as whole vectors or one by one. Nothing is checked here: who uses it checks its buffers once,
 * at the door, as before a call into a native library. Checks of bounds and lifetime at every access cost as much as the products
 * of a register-blocked kernel.
 */
public final class Floats {
    public static final VectorSpecies<Float> SPECIES = Lanes.SPECIES;
    public static final int LANES = SPECIES.length();
    /** Bytes of one vector. */
    public static final long VECTOR = SPECIES.vectorByteSize();

    /** All native memory, addressed absolutely. */
    public static final MemorySegment NATIVE = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    public static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    public static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private Floats() { }

    /** The least multiple of {@link #LANES} that holds {@code count} floats. */
    public static int wholeVectors(int count) {
        return Math.ceilDiv(count, LANES) * LANES;
    }

    public static FloatVector load(long address) {
        return FloatVector.fromMemorySegment(SPECIES, NATIVE, address, ORDER);
    }

    public static void store(FloatVector vector, long address) {
        vector.intoMemorySegment(NATIVE, address, ORDER);
    }

    /** One value in all lanes. */
    public static FloatVector broadcast(long address) {
        return FloatVector.broadcast(SPECIES, NATIVE.get(FLOAT, address));
    }

    public static float get(long address) {
        return NATIVE.get(FLOAT, address);
    }

    public static void set(long address, float value) {
        NATIVE.set(FLOAT, address, value);
    }

    /** Zeros in {@code count} floats. */
    public static void clear(long address, long count) {
        NATIVE.asSlice(address, count * Float.BYTES).fill((byte) 0);
    }

    /** One value in {@code count} floats, whole vectors of them. */
    public static void fill(long address, int count, float value) {
        FloatVector all = FloatVector.broadcast(SPECIES, value);
        for (int i = 0; i < count; i += LANES) {
            store(all, address + (long) i * Float.BYTES);
        }
    }

    public static void copy(long from, long to, long count) {
        MemorySegment.copy(NATIVE, from, NATIVE, to, count * Float.BYTES);
    }
}
