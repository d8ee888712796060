package dev.panacea.runtime.simulator.arithmetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorCoreTest {
    private static final int SLOTS = 24;
    /** Sums are held as doubles 2^-896 of their size: their least difference is double's, 2^-1074. */
    private static final Exact.Format SUM = new Exact.Format(53, -178, 1023 + 896);

    private final long seed = Corners.freshSeed();
    private final SplittableRandom random = new SplittableRandom(seed);

    private interface Source {
        float next();
    }

    /** One mma: matrices in the clear, and registers in scattered slots that hold their fragments. */
    private final class Trial {
        final MmaShape shape;
        final int[] r = random.ints(SLOTS * Lanes.WARP).toArray();
        final int[] a;
        final int[] b;
        final int[] c;
        int[] d;
        final float[][] left;
        final float[][] right;
        final float[][] sums;

        Trial(MmaShape shape) {
            this.shape = shape;
            Fragments f = shape.fragments;
            int[] slots = shuffledSlots();
            a = IntStream.range(0, f.registersOfA()).map(i -> slots[i]).toArray();
            b = IntStream.range(0, f.registersOfB()).map(i -> slots[4 + i]).toArray();
            c = IntStream.range(0, f.registersOfC()).map(i -> slots[8 + i]).toArray();
            d = IntStream.range(0, f.registersOfC()).map(i -> slots[12 + i]).toArray();
            left = new float[Fragments.M][f.k()];
            right = new float[f.k()][Fragments.N];
            sums = new float[Fragments.M][Fragments.N];
        }

        Trial fill(Source operands, Source accumulators) {
            for (int k = 0; k < shape.fragments.k(); k++) {
                for (int i = 0; i < Fragments.M; i++) {
                    setLeft(i, k, operands.next());
                }
                for (int j = 0; j < Fragments.N; j++) {
                    setRight(k, j, operands.next());
                }
            }
            for (int i = 0; i < Fragments.M; i++) {
                for (int j = 0; j < Fragments.N; j++) {
                    setSum(i, j, accumulators.next());
                }
            }
            return this;
        }

        void setLeft(int row, int k, float value) {
            int bits = shape.operandBits(value);
            Fragments.put(r, a, shape.fragments.a(row, k), shape.fragments.bits(), bits);
            left[row][k] = shape.operand(bits);
        }

        void setRight(int k, int column, float value) {
            int bits = shape.operandBits(value);
            Fragments.put(r, b, shape.fragments.b(k, column), shape.fragments.bits(), bits);
            right[k][column] = shape.operand(bits);
        }

        void setSum(int row, int column, float value) {
            int bits = shape.accumulatorBits(value);
            Fragments.put(r, c, shape.fragments.c(row, column), shape.fragments.accumulatorBits(), bits);
            sums[row][column] = shape.accumulator(bits);
        }

        void check() {
            int[] before = r.clone();
            shape.instruction.run(r, d, a, b, c);
            for (int i = 0; i < Fragments.M; i++) {
                for (int j = 0; j < Fragments.N; j++) {
                    float expected = modelled(i, j);
                    int actual = Fragments.get(r, d, shape.fragments.c(i, j), shape.fragments.accumulatorBits());
                    if (actual != shape.accumulatorBits(expected)) {
                        assertEquals(expected, shape.accumulator(actual), "row " + i + " column " + j + ", seed " + seed);
                    }
                }
            }
            for (int i = 0; i < r.length; i++) {
                int slot = i / Lanes.WARP;
                assertTrue(r[i] == before[i] || IntStream.of(d).anyMatch(s -> s == slot), () -> "slot " + slot + " changed, seed " + seed);
            }
        }

        /** The model as TensorCore's documentation says, in exact arithmetic. */
        private float modelled(int row, int column) {
            double sum = sums[row][column];
            for (int from = 0; from < shape.fragments.k(); from += shape.group) {
                for (int k = from; k < from + shape.group; k++) {
                    sum = fused(left[row][k], right[k][column], sum);
                }
                sum = shape.fragments.accumulatorBits() == 32 ? truncated(sum) : rounded(sum);
            }
            return sum != sum ? Float32.NAN : (float) sum;
        }
    }

    private static double fused(double a, double b, double c) {
        return ExactOperation.fma(a, b, c, SUM, Rounding.NEAREST_EVEN);
    }

    private static double truncated(double sum) {
        if (!Double.isFinite(sum) || sum == 0) {
            return sum;
        }
        double cut = Exact.of(sum).round(new Exact.Format(24, -149, 1023), Rounding.ZERO);
        return Math.abs(cut) >= 0x1p128 ? Math.copySign(Double.POSITIVE_INFINITY, cut) : cut;
    }

    private static double rounded(double sum) {
        return !Double.isFinite(sum) || sum == 0 ? sum : Exact.of(sum).round(Exact.Format.F16, Rounding.NEAREST_EVEN);
    }

    private int[] shuffledSlots() {
        int[] slots = IntStream.range(0, SLOTS).toArray();
        for (int i = slots.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = slots[i];
            slots[i] = slots[j];
            slots[j] = swapped;
        }
        return slots;
    }

    @ParameterizedTest
    @EnumSource
    void everyElementOfEveryFragmentIsWhereTheIsaSays(MmaShape shape) {
        for (int k = 0; k < shape.fragments.k(); k++) {
            for (int i = 0; i < Fragments.M; i++) {
                int row = i;
                int column = (i + k) % Fragments.N;
                Trial trial = new Trial(shape).fill(() -> 0, () -> 0);
                trial.setLeft(row, k, 3);
                trial.setRight(k, column, 5);
                trial.setSum(row, (column + 1) % Fragments.N, 7);
                trial.check();
                assertEquals(15f, element(trial, row, column));
                assertEquals(7f, element(trial, row, (column + 1) % Fragments.N));
            }
        }
    }

    private static float element(Trial trial, int row, int column) {
        Fragments f = trial.shape.fragments;
        return trial.shape.accumulator(Fragments.get(trial.r, trial.d, f.c(row, column), f.accumulatorBits()));
    }

    @ParameterizedTest
    @EnumSource
    void smallIntegersAreExact(MmaShape shape) {
        for (int round = 0; round < 20; round++) {
            Trial trial = new Trial(shape).fill(() -> random.nextInt(-4, 5), () -> random.nextInt(-100, 101));
            trial.check();
            for (int i = 0; i < Fragments.M; i++) {
                for (int j = 0; j < Fragments.N; j++) {
                    float sum = trial.sums[i][j];
                    for (int k = 0; k < shape.fragments.k(); k++) {
                        sum += trial.left[i][k] * trial.right[k][j];
                    }
                    assertEquals(sum, element(trial, i, j), "seed " + seed);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void randomValuesFollowTheModelToTheBit(MmaShape shape) {
        for (int round = 0; round < 40; round++) {
            new Trial(shape).fill(() -> (float) random.nextGaussian(), () -> (float) random.nextGaussian()).check();
            // far apart in size, so that groups cancel, underflow and overflow
            new Trial(shape).fill(() -> spread(30), () -> spread(40)).check();
            new Trial(shape).fill(() -> spread(75), () -> spread(140)).check();
        }
    }

    private float spread(int binades) {
        return (float) Math.scalb(random.nextDouble(-2, 2), random.nextInt(-binades, binades));
    }

    @ParameterizedTest
    @EnumSource
    void anyBitsFollowTheModel(MmaShape shape) {
        for (int round = 0; round < 40; round++) {
            Source operands = () -> shape.operand(random.nextInt());
            Source mostlyNumbers = () -> random.nextInt(30) == 0 ? operands.next() : spread(60);
            new Trial(shape).fill(mostlyNumbers, () -> shape.accumulator(random.nextInt())).check();
        }
    }

    @ParameterizedTest
    @EnumSource
    void resultsMayTakeTheRegistersOfAnyOperand(MmaShape shape) {
        for (int round = 0; round < 10; round++) {
            Trial trial = new Trial(shape).fill(() -> (float) random.nextGaussian(), () -> (float) random.nextGaussian());
            trial.d = trial.c;
            trial.check();
            Trial overOperands = new Trial(shape).fill(() -> (float) random.nextGaussian(), () -> (float) random.nextGaussian());
            int[] operands = IntStream.concat(IntStream.of(overOperands.b), IntStream.of(overOperands.a)).toArray();
            System.arraycopy(operands, 0, overOperands.d, 0, Math.min(operands.length, overOperands.d.length));
            overOperands.check();
        }
    }

    @Test
    void sumsAreCutTowardZeroAfterEachGroup() {
        MmaShape shape = MmaShape.M16N8K16_BF16;
        Trial trial = new Trial(shape).fill(() -> 0, () -> 1);
        for (int k = 0; k < 16; k++) {
            trial.setLeft(0, k, 1);
            trial.setRight(k, 0, 0x1p-26f);
            trial.setRight(k, 1, -0x1p-28f);
        }
        trial.check();
        // eight times 2^-26 is a whole unit in the last place of 1, and taken away less than a unit leaves the next lower number
        assertEquals(1 + 0x1p-22f, element(trial, 0, 0));
        assertEquals(1 - 0x1p-23f, element(trial, 0, 1));
    }
}
