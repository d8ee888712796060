package dev.panacea.runtime.simulator.arithmetic;

/**
 * mma.sync of one warp, row.col. {@code r} is the warp's registers, lane l of slot s at {@code r[s·32 + l]}; {@code d}, {@code a},
 * {@code b} and {@code c} are the slots of the fragments' registers in PTX's order, and {@code d} may share slots with any of them.
 *
 * <p><b>What is modelled.</b> With float accumulators k is consumed in groups of eight terms (bf16, f16) or four (tf32), the lowest
 * k first. A group's exact products are added to its accumulator in double, one fused multiply-add a term, k ascending; the sum is
 * then truncated toward zero to f32, where 2^128 and more is infinite, or, for f16 accumulators, rounded to nearest even in f16.
 * Subnormal operands, products and results are kept; infinities and NaNs go IEEE's way, and a NaN result is canonical. tf32
 * operands lose their low 13 bits.
 *
 * <p><b>What this rests on.</b> Truncated sums of groups and subnormals kept, on the A100: Fasi, Higham, Mikaitis and Pranesh,
 * "Numerical behavior of NVIDIA tensor cores" (PeerJ Computer Science, 2021). The groups' sizes, the rounding of f16 accumulators
 * and the cuts named below: MMA-Sim (Xie et al., 2025), made to match hardware bit by bit. On the same: Khattak and Mikaitis,
 * "Accurate models of NVIDIA tensor cores" (arXiv 2512.07004). This model itself has not been compared with a GPU.
 *
 * <p><b>What hardware does differently.</b> It aligns a group's products and accumulator to their greatest exponent and cuts each
 * below 2^-24 of that (Ampere; 2^-25 on Hopper) before it adds them, where the double keeps 2^-52: results differ by a few units in
 * the last place of the largest term. Hopper takes sixteen terms (tf32: eight) in a group. Sums below f32's subnormals
 * are rounded here to multiples of 2^-178 before the truncation.
 */
public final class TensorCore {
    // looked up once an instruction; a simulated block never leaves its thread
    private static final ThreadLocal<MatrixTile> TILE = ThreadLocal.withInitial(MatrixTile::new);
    private static final ThreadLocal<ByteTile> BYTE_TILE = ThreadLocal.withInitial(ByteTile::new);

    private TensorCore() { }

    /** bf16 inputs, f32 accumulators: registers d 4, a 4, b 2, c 4. */
    public static void m16n8k16Bf16(int[] r, int[] d, int[] a, int[] b, int[] c) {
        MatrixTile tile = TILE.get();
        tile.unpackHalves(0, r, a[0], a[1], b[0]);
        tile.unpackHalves(1, r, a[2], a[3], b[1]);
        tile.decodeBFloat16(2);
        sumTruncated(tile, 2, MatrixTile.TERMS, r, d, c);
    }

    /** bf16 inputs, f32 accumulators: registers d 4, a 2, b 1, c 4. */
    public static void m16n8k8Bf16(int[] r, int[] d, int[] a, int[] b, int[] c) {
        MatrixTile tile = TILE.get();
        tile.unpackHalves(0, r, a[0], a[1], b[0]);
        tile.decodeBFloat16(1);
        sumTruncated(tile, 1, MatrixTile.TERMS, r, d, c);
    }

    /** f16 inputs, f32 accumulators: registers d 4, a 4, b 2, c 4. */
    public static void m16n8k16F16(int[] r, int[] d, int[] a, int[] b, int[] c) {
        MatrixTile tile = TILE.get();
        tile.unpackHalves(0, r, a[0], a[1], b[0]);
        tile.unpackHalves(1, r, a[2], a[3], b[1]);
        tile.decodeHalf(2, false);
        sumTruncated(tile, 2, MatrixTile.TERMS, r, d, c);
    }

    /** f16 inputs, f32 accumulators: registers d 4, a 2, b 1, c 4. */
    public static void m16n8k8F16(int[] r, int[] d, int[] a, int[] b, int[] c) {
        MatrixTile tile = TILE.get();
        tile.unpackHalves(0, r, a[0], a[1], b[0]);
        tile.decodeHalf(1, false);
        sumTruncated(tile, 1, MatrixTile.TERMS, r, d, c);
    }

    /** f16 inputs, f16 accumulators in pairs: registers d 2, a 4, b 2, c 2. */
    public static void m16n8k16F16ToF16(int[] r, int[] d, int[] a, int[] b, int[] c) {
        MatrixTile tile = TILE.get();
        tile.unpackHalves(0, r, a[0], a[1], b[0]);
        tile.unpackHalves(1, r, a[2], a[3], b[1]);
        tile.decodeHalf(2, true);
        sumRounded(tile, 2, r, d, c);
    }

    /** f16 inputs, f16 accumulators in pairs: registers d 2, a 2, b 1, c 2. */
    public static void m16n8k8F16ToF16(int[] r, int[] d, int[] a, int[] b, int[] c) {
        MatrixTile tile = TILE.get();
        tile.unpackHalves(0, r, a[0], a[1], b[0]);
        tile.decodeHalf(1, true);
        sumRounded(tile, 1, r, d, c);
    }

    /** tf32 inputs, f32 accumulators: registers d 4, a 4, b 2, c 4. */
    public static void m16n8k8Tf32(int[] r, int[] d, int[] a, int[] b, int[] c) {
        MatrixTile tile = TILE.get();
        tile.unpackWords(0, r, a[0], a[1], b[0]);
        tile.unpackWords(1, r, a[2], a[3], b[1]);
        tile.decodeTf32(2);
        sumTruncated(tile, 2, MatrixTile.TF32_TERMS, r, d, c);
    }

    /** tf32 inputs, f32 accumulators: registers d 4, a 2, b 1, c 4. */
    public static void m16n8k4Tf32(int[] r, int[] d, int[] a, int[] b, int[] c) {
        MatrixTile tile = TILE.get();
        tile.unpackWords(0, r, a[0], a[1], b[0]);
        tile.decodeTf32(1);
        sumTruncated(tile, 1, MatrixTile.TF32_TERMS, r, d, c);
    }

    /**
     * 8-bit inputs, s32 accumulators: registers d 4, a 4, b 2, c 4, each input signed or not. A sum beyond 32 bits is clamped with
     * {@code finite} (.satfinite), else wrapped.
     */
    public static void m16n8k32Bytes(int[] r, int[] d, int[] a, boolean signedA, int[] b, boolean signedB, int[] c, boolean finite) {
        BYTE_TILE.get().multiply(r, d, a, signedA, b, signedB, c, finite);
    }

    /** The same for registers d 4, a 2, b 1, c 4. */
    public static void m16n8k16Bytes(int[] r, int[] d, int[] a, boolean signedA, int[] b, boolean signedB, int[] c, boolean finite) {
        BYTE_TILE.get().multiply(r, d, a, signedA, b, signedB, c, finite);
    }

    private static void sumTruncated(MatrixTile tile, int groups, int terms, int[] r, int[] d, int[] c) {
        tile.loadFloats(r, c);
        for (int group = 0; group < groups; group++) {
            tile.multiply(group, terms);
            tile.truncate();
        }
        tile.storeFloats(r, d);
    }

    private static void sumRounded(MatrixTile tile, int groups, int[] r, int[] d, int[] c) {
        tile.loadHalves(r, c);
        for (int group = 0; group < groups; group++) {
            tile.multiply(group, MatrixTile.TERMS);
            tile.roundToHalf();
        }
        tile.storeHalves(r, d);
    }
}
