package dev.panacea.runtime.simulator.arithmetic;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * One thread's workplace for 16 × 8 products: operands unpacked from fragments, first as bits, then in double, and the sums.
 *
 * <p>Everything is as PTX's fragments lie, so that whole vectors move. A register of A holds eight rows of eight (tf32: four) terms;
 * one of B eight columns of as many, which are transposed here; of C's registers one holds the even, the next the odd columns of
 * eight rows, and so do the sums: row by row four even columns, then four odd ones.
 *
 * <p>Sums, and B, are 2^-896 of their values, or 2^-1008 for f16 accumulators: the accumulators' subnormals then are double's, and
 * the bits of a double that they lack are the same 29, or 42, for all numbers: truncation is one mask.
 */
final class MatrixTile {
    /** Terms in a group, and the distance of rows; tf32 fills half. */
    static final int TERMS = 8;
    static final int TF32_TERMS = 4;

    private static final VectorSpecies<Integer> WIDE_INTS = IntVector.SPECIES_256;

    private static final int GROUPS = 2;
    private static final int ROWS = 16;
    private static final int REGISTER_ROWS = 8;
    private static final int COLUMNS = 8;
    private static final int LEFT = ROWS * TERMS;
    private static final int RIGHT = TERMS * COLUMNS;
    private static final int ROW_LANES = Lanes.STEP;
    private static final int BLOCK_ROWS = 4;

    private static final double F32_SCALE = 0x1p-896;
    private static final double F32_UNSCALE = 0x1p896;
    private static final long F32_BITS = -1L << 29;
    private static final double F16_SCALE = 0x1p-1008;
    private static final double F16_UNSCALE = 0x1p1008;
    private static final int F16_DROPPED = 42;

    private final int[] bits = new int[GROUPS * (LEFT + RIGHT)];
    // A of all groups, then B of all groups
    private final double[] operands = new double[GROUPS * (LEFT + RIGHT)];
    private final double[] sums = new double[ROWS * COLUMNS];

    /** 16-bit operands: rows 0 to 7 of A from slot {@code top}, 8 to 15 from {@code bottom}, B from {@code right}. */
    void unpackHalves(int group, int[] r, int top, int bottom, int right) {
        int left = group * LEFT;
        for (int row = 0; row < REGISTER_ROWS; row++) {
            widen(r, top * Lanes.WARP + row * ROW_LANES, left + row * TERMS);
            widen(r, bottom * Lanes.WARP + row * ROW_LANES, left + (REGISTER_ROWS + row) * TERMS);
        }
        for (int column = 0; column < COLUMNS; column++) {
            int from = right * Lanes.WARP + column * ROW_LANES;
            int to = columnStart(group, column);
            for (int pair = 0; pair < ROW_LANES; pair++) {
                bits[to + 2 * pair * COLUMNS] = r[from + pair] & 0xffff;
                bits[to + (2 * pair + 1) * COLUMNS] = r[from + pair] >>> 16;
            }
        }
    }

    /** 32-bit operands, likewise. */
    void unpackWords(int group, int[] r, int top, int bottom, int right) {
        int left = group * LEFT;
        for (int row = 0; row < REGISTER_ROWS; row++) {
            IntVector.fromArray(Lanes.INTS, r, top * Lanes.WARP + row * ROW_LANES).intoArray(bits, left + row * TERMS);
            IntVector.fromArray(Lanes.INTS, r, bottom * Lanes.WARP + row * ROW_LANES)
                .intoArray(bits, left + (REGISTER_ROWS + row) * TERMS);
        }
        for (int column = 0; column < COLUMNS; column++) {
            int from = right * Lanes.WARP + column * ROW_LANES;
            int to = columnStart(group, column);
            for (int term = 0; term < ROW_LANES; term++) {
                bits[to + term * COLUMNS] = r[from + term];
            }
        }
    }

    void decodeBFloat16(int groups) {
        for (int i = 0; i < groups * LEFT; i += TERMS) {
            spread(bf16(i), 1, i);
        }
        for (int i = GROUPS * LEFT; i < GROUPS * LEFT + groups * RIGHT; i += TERMS) {
            spread(bf16(i), F32_SCALE, i);
        }
    }

    /** For accumulators of f16 or of f32. */
    void decodeHalf(int groups, boolean toHalf) {
        double scale = toHalf ? F16_SCALE : F32_SCALE;
        for (int i = 0; i < groups * LEFT; i += TERMS) {
            spread(f16(i), 1, i);
        }
        for (int i = GROUPS * LEFT; i < GROUPS * LEFT + groups * RIGHT; i += TERMS) {
            spread(f16(i), scale, i);
        }
    }

    void decodeTf32(int groups) {
        for (int i = 0; i < groups * LEFT; i += TERMS) {
            spread(tf32(i), 1, i);
        }
        for (int i = GROUPS * LEFT; i < GROUPS * LEFT + groups * RIGHT; i += TERMS) {
            spread(tf32(i), F32_SCALE, i);
        }
    }

    /** Sums from f32 accumulators in four slots. */
    void loadFloats(int[] r, int[] slots) {
        for (int row = 0; row < ROWS; row++) {
            int first = row / REGISTER_ROWS * 2;
            int lane = row % REGISTER_ROWS * ROW_LANES;
            Lanes.widen(Lanes.load(r, slots[first], lane)).mul(F32_SCALE).intoArray(sums, row * COLUMNS);
            Lanes.widen(Lanes.load(r, slots[first + 1], lane)).mul(F32_SCALE).intoArray(sums, row * COLUMNS + ROW_LANES);
        }
    }

    void storeFloats(int[] r, int[] slots) {
        for (int row = 0; row < ROWS; row++) {
            int first = row / REGISTER_ROWS * 2;
            int lane = row % REGISTER_ROWS * ROW_LANES;
            Lanes.store(Lanes.narrow(sum(row * COLUMNS).mul(F32_UNSCALE)), r, slots[first], lane, -1);
            Lanes.store(Lanes.narrow(sum(row * COLUMNS + ROW_LANES).mul(F32_UNSCALE)), r, slots[first + 1], lane, -1);
        }
    }

    /** Sums from pairs of f16 accumulators in two slots. */
    void loadHalves(int[] r, int[] slots) {
        for (int row = 0; row < ROWS; row++) {
            int from = slots[row / REGISTER_ROWS] * Lanes.WARP + row % REGISTER_ROWS * ROW_LANES;
            int to = row * COLUMNS;
            for (int lane = 0; lane < ROW_LANES; lane++) {
                int pair = r[from + lane];
                sums[to + lane] = Float.float16ToFloat(Half.low(pair)) * F16_SCALE;
                sums[to + ROW_LANES + lane] = Float.float16ToFloat(Half.high(pair)) * F16_SCALE;
            }
        }
    }

    void storeHalves(int[] r, int[] slots) {
        for (int row = 0; row < ROWS; row++) {
            int from = row * COLUMNS;
            int to = slots[row / REGISTER_ROWS] * Lanes.WARP + row % REGISTER_ROWS * ROW_LANES;
            for (int lane = 0; lane < ROW_LANES; lane++) {
                short low = Half.fromFloat((float) (sums[from + lane] * F16_UNSCALE));
                short high = Half.fromFloat((float) (sums[from + ROW_LANES + lane] * F16_UNSCALE));
                r[to + lane] = Half.pack(low, high);
            }
        }
    }

    /** Adds a group's products to the sums. */
    void multiply(int group, int terms) {
        for (int row = 0; row < ROWS; row += BLOCK_ROWS) {
            multiply(group * LEFT + row * TERMS, GROUPS * LEFT + group * RIGHT, terms, row * COLUMNS);
        }
    }

    /** Sums become f32 values, cut toward zero, infinite from 2^128 on. */
    void truncate() {
        for (int i = 0; i < sums.length; i += Lanes.DOUBLES.length()) {
            LongVector kept = sum(i).reinterpretAsLongs().and(F32_BITS);
            bounded(kept, 0x1p128 * F32_SCALE).intoArray(sums, i);
        }
    }

    /** Sums become f16 values, to nearest even, infinite from 2^16 on. */
    void roundToHalf() {
        for (int i = 0; i < sums.length; i += Lanes.DOUBLES.length()) {
            LongVector raw = sum(i).reinterpretAsLongs();
            LongVector odd = raw.lanewise(VectorOperators.LSHR, F16_DROPPED).and(1);
            LongVector kept = raw.add(odd).add((1L << F16_DROPPED - 1) - 1).and(-1L << F16_DROPPED);
            bounded(kept, 0x1p16 * F16_SCALE).intoArray(sums, i);
        }
    }

    private static DoubleVector bounded(LongVector bits, double infinite) {
        DoubleVector sum = bits.reinterpretAsDoubles();
        return sum.blend(sum.mul(Double.POSITIVE_INFINITY), sum.abs().compare(VectorOperators.GE, infinite));
    }

    private void multiply(int left, int right, int terms, int to) {
        DoubleVector even0 = sum(to);
        DoubleVector odd0 = sum(to + 4);
        DoubleVector even1 = sum(to + 8);
        DoubleVector odd1 = sum(to + 12);
        DoubleVector even2 = sum(to + 16);
        DoubleVector odd2 = sum(to + 20);
        DoubleVector even3 = sum(to + 24);
        DoubleVector odd3 = sum(to + 28);
        for (int k = 0; k < terms; k++) {
            DoubleVector even = DoubleVector.fromArray(Lanes.DOUBLES, operands, right + k * COLUMNS);
            DoubleVector odd = DoubleVector.fromArray(Lanes.DOUBLES, operands, right + k * COLUMNS + ROW_LANES);
            DoubleVector row0 = DoubleVector.broadcast(Lanes.DOUBLES, operands[left + k]);
            even0 = row0.fma(even, even0);
            odd0 = row0.fma(odd, odd0);
            DoubleVector row1 = DoubleVector.broadcast(Lanes.DOUBLES, operands[left + TERMS + k]);
            even1 = row1.fma(even, even1);
            odd1 = row1.fma(odd, odd1);
            DoubleVector row2 = DoubleVector.broadcast(Lanes.DOUBLES, operands[left + 2 * TERMS + k]);
            even2 = row2.fma(even, even2);
            odd2 = row2.fma(odd, odd2);
            DoubleVector row3 = DoubleVector.broadcast(Lanes.DOUBLES, operands[left + 3 * TERMS + k]);
            even3 = row3.fma(even, even3);
            odd3 = row3.fma(odd, odd3);
        }
        even0.intoArray(sums, to);
        odd0.intoArray(sums, to + 4);
        even1.intoArray(sums, to + 8);
        odd1.intoArray(sums, to + 12);
        even2.intoArray(sums, to + 16);
        odd2.intoArray(sums, to + 20);
        even3.intoArray(sums, to + 24);
        odd3.intoArray(sums, to + 28);
    }

    private void widen(int[] r, int from, int to) {
        ShortVector halves = IntVector.fromArray(Lanes.INTS, r, from).reinterpretAsShorts();
        ((IntVector) halves.convertShape(VectorOperators.ZERO_EXTEND_S2I, WIDE_INTS, 0)).intoArray(bits, to);
    }

    private static int columnStart(int group, int column) {
        return GROUPS * LEFT + group * RIGHT + column % 2 * ROW_LANES + column / 2;
    }

    private FloatVector bf16(int index) {
        return IntVector.fromArray(WIDE_INTS, bits, index).lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    private FloatVector tf32(int index) {
        return IntVector.fromArray(WIDE_INTS, bits, index).and(Conversions.TF32_KEPT).reinterpretAsFloats();
    }

    private FloatVector f16(int index) {
        IntVector raw = IntVector.fromArray(WIDE_INTS, bits, index);
        IntVector magnitude = raw.and(0x7fff).lanewise(VectorOperators.LSHL, 13);
        // the product moves the exponent's bias from 15 to 127 and normalises; infinities and NaNs keep the highest exponent
        IntVector finite = magnitude.reinterpretAsFloats().mul(0x1p112f).reinterpretAsInts();
        VectorMask<Integer> special = magnitude.compare(VectorOperators.GE, 0x7c00 << 13);
        IntVector sign = raw.and(0x8000).lanewise(VectorOperators.LSHL, 16);
        return finite.blend(magnitude.or(0x7f800000), special).or(sign).reinterpretAsFloats();
    }

    private void spread(FloatVector eight, double scale, int to) {
        ((DoubleVector) eight.convertShape(VectorOperators.F2D, Lanes.DOUBLES, 0)).mul(scale).intoArray(operands, to);
        ((DoubleVector) eight.convertShape(VectorOperators.F2D, Lanes.DOUBLES, 1)).mul(scale).intoArray(operands, to + 4);
    }

    private DoubleVector sum(int index) {
        return DoubleVector.fromArray(Lanes.DOUBLES, sums, index);
    }
}
