package dev.panacea.runtime.simulator.corpus;

import java.util.function.DoubleSupplier;

/** The formats of a tensor core's floating-point operands. */
enum ElementFormat {
    BFLOAT16(2), HALF(2), TF32(4);

    private final int bytes;

    ElementFormat(int bytes) {
        this.bytes = bytes;
    }

    /** Elements in a 16-byte chunk: what strides must be multiples of. */
    int perChunk() {
        return 16 / bytes;
    }

    /** {@code count} values of this format, near to those of {@code source}. */
    double[] drawn(int count, DoubleSupplier source) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = nearest(source.getAsDouble());
        }
        return values;
    }

    private double nearest(double x) {
        return switch (this) {
            case BFLOAT16 -> NarrowFormat.BFLOAT16.value(NarrowFormat.BFLOAT16.nearest(x));
            case HALF -> NarrowFormat.HALF.value(NarrowFormat.HALF.nearest(x));
            case TF32 -> Float.intBitsToFloat(Float.floatToIntBits((float) x) + 0x1000 & ~0x1fff);
        };
    }

    /** The bits of {@code values}: {@code short[]} or {@code float[]}. */
    Object array(double[] values) {
        if (this == TF32) {
            float[] floats = new float[values.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) values[i];
            }
            return floats;
        }
        NarrowFormat format = this == HALF ? NarrowFormat.HALF : NarrowFormat.BFLOAT16;
        short[] bits = new short[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = format.nearest(values[i]);
        }
        return bits;
    }
}
