package dev.panacea.runtime.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.cuda.CudaException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** ldmatrix, movmatrix and mma.sync. */
class MatrixTest {
    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    /** Four 8 x 8 matrices of 16-bit elements in shared memory at %r11; each lane's row address in %r12. */
    private static final String LOAD = """
        .shared .align 16 .b8 a[512];
        mov.u32 %r11, a;
        shl.b32 %r10, %r2, 4;
        add.u32 %r12, %r11, %r10;
        mul.wide.u32 %rd10, %r2, 16;
        add.u64 %rd11, %rd2, %rd10;
        ld.global.v4.u32 {%r13, %r14, %r15, %r16}, [%rd11];
        st.shared.v4.u32 [%r12], {%r13, %r14, %r15, %r16};
        bar.warp.sync -1;
        """;

    private short element(long[] in, int matrix, int row, int column) {
        int at = matrix * 64 + row * 8 + column;
        return (short) (in[at / 4] >>> 16 * (at % 4));
    }

    @Test
    void matricesAreSpreadOverLanes() {
        long[] in = random.longs(64).toArray();
        for (boolean transposed : new boolean[] {false, true}) {
            for (int matrix = 0; matrix < 4; matrix++) {
                long[] result = new SimulatedGpu().run(LOAD + "ldmatrix.sync.aligned.m8n8.x4" + (transposed ? ".trans" : "")
                    + ".shared.b16 {%r20, %r21, %r22, %r23}, [%r12]; cvt.u64.u32 %rd10, %r2" + matrix + "; st.global.u64 [%rd4], %rd10;", 32, in);
                for (int lane = 0; lane < 32; lane++) {
                    int row = lane / 4;
                    int column = lane % 4 * 2;
                    short low = transposed ? element(in, matrix, column, row) : element(in, matrix, row, column);
                    short high = transposed ? element(in, matrix, column + 1, row) : element(in, matrix, row, column + 1);
                    assertEquals(low & 0xFFFF | high << 16, (int) result[lane], "matrix " + matrix + " lane " + lane + " seed " + seed);
                }
            }
        }
    }

    @Test
    void transposingTwiceChangesNothing() {
        long[] in = random.ints(32).asLongStream().toArray();
        long[] result = new SimulatedGpu().run("ld.global.u32 %r10, [%rd5]; movmatrix.sync.aligned.m8n8.trans.b16 %r11, %r10;"
            + "movmatrix.sync.aligned.m8n8.trans.b16 %r12, %r11; mov.b64 %rd10, {%r11, %r12}; st.global.u64 [%rd4], %rd10;", 32, in);
        for (int lane = 0; lane < 32; lane++) {
            assertEquals((int) in[lane], (int) (result[lane] >>> 32), "seed " + seed);
            int row = lane / 4;
            int from = lane % 4 * 8 + row / 2;
            assertEquals((short) (in[from] >>> 16 * (row % 2)), (short) result[lane], "seed " + seed);
        }
    }

    @Test
    void smallIntegersMultiplyExactly() {
        int[][] a = matrix(16, 16);
        int[][] b = matrix(16, 8);
        long[] in = new long[32 * 3];
        for (int lane = 0; lane < 32; lane++) {
            int row = lane / 4;
            int k = lane % 4 * 2;
            in[3 * lane] = pair(a[row][k], a[row][k + 1]) | pair(a[row + 8][k], a[row + 8][k + 1]) << 32;
            in[3 * lane + 1] = pair(a[row][k + 8], a[row][k + 9]) | pair(a[row + 8][k + 8], a[row + 8][k + 9]) << 32;
            in[3 * lane + 2] = pair(b[k][row], b[k + 1][row]) | pair(b[k + 8][row], b[k + 9][row]) << 32;
        }
        for (int half = 0; half < 2; half++) {
            long[] result = new SimulatedGpu().run("""
                mul.wide.u32 %rd10, %r2, 24;
                add.u64 %rd10, %rd2, %rd10;
                ld.global.v2.u32 {%r10, %r11}, [%rd10];
                ld.global.v2.u32 {%r12, %r13}, [%rd10+8];
                ld.global.v2.u32 {%r14, %r15}, [%rd10+16];
                mov.f32 %f1, 0f40E00000;
                mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%f10, %f11, %f12, %f13}, {%r10, %r11, %r12, %r13}, {%r14, %r15},
                    {%f1, %f1, %f1, %f1};
                """ + (half == 0 ? "mov.b64 %rd11, {%f10, %f11};" : "mov.b64 %rd11, {%f12, %f13};") + "st.global.u64 [%rd4], %rd11;", 32, in);
            for (int lane = 0; lane < 32; lane++) {
                for (int i = 0; i < 2; i++) {
                    int row = lane / 4 + 8 * half;
                    int column = lane % 4 * 2 + i;
                    int sum = 7;
                    for (int k = 0; k < 16; k++) {
                        sum += a[row][k] * b[k][column];
                    }
                    assertEquals(sum, Float.intBitsToFloat((int) (result[lane] >>> 32 * i)), "(" + row + ", " + column + ") seed " + seed);
                }
            }
        }
    }

    private int[][] matrix(int rows, int columns) {
        int[][] matrix = new int[rows][columns];
        for (int[] row : matrix) {
            for (int i = 0; i < columns; i++) {
                row[i] = random.nextInt(31) - 15;
            }
        }
        return matrix;
    }

    private static long pair(int low, int high) {
        return Float.floatToRawIntBits(low) >>> 16 | Float.floatToRawIntBits(high) & 0xFFFF0000L;
    }

    @Test
    void allLanesMustTakePart() {
        CudaException thrown = assertThrows(CudaException.class,
            () -> new SimulatedGpu().run("movmatrix.sync.aligned.m8n8.trans.b16 %r11, %r10;", 20));
        assertTrue(thrown.getMessage().contains("all 32 lanes must take part"), thrown.getMessage());
    }
}
