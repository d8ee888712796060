package dev.panacea.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Products of all transposes, types, strides and batches against an oracle in double. */
class CudaBlasProductsTest extends CublasOnFakeDevice {

    private enum Kind { SINGLE, STRIDED, SHARED_B, POINTERS }

    record Product(String way, Kind kind, DType operands, DType result, boolean transposeA, boolean transposeB, long seed) {
        int batches() {
            return kind == Kind.SINGLE ? 1 : 3;
        }
    }

    static Stream<Product> products() {
        long seed = new SplittableRandom().nextLong();
        Stream.Builder<Product> products = Stream.builder();
        for (String way : new String[] {"ffm", "jcuda"}) {
            for (Kind kind : Kind.values()) {
                for (DType operands : new DType[] {DType.F32, DType.BF16, DType.F16}) {
                    for (int bits = 0; bits < 8; bits++) {
                        products.add(new Product(way, kind, operands, (bits & 4) == 0 ? DType.F32 : operands, (bits & 1) != 0,
                            (bits & 2) != 0, seed + bits));
                    }
                }
            }
        }
        return products.build();
    }

    /** One operand of a batch: its extents as stored, and the values as the oracle reads them. */
    private final class Operand {
        final int rows;
        final int columns;
        final int stride;
        final long distance;
        final HostBuffer values;
        final Buffer buffer;

        Operand(DType dtype, int rows, int columns, int batches, boolean shared, SplittableRandom random) {
            this.rows = rows;
            this.columns = columns;
            stride = columns + random.nextInt(4);
            distance = shared || batches == 1 ? 0 : (long) rows * stride + random.nextInt(5);
            values = hostScope.allocateHost("values", dtype, (batches - 1) * distance + (long) rows * stride);
            for (long i = 0; i < values.count(); i++) {
                set(values, i, (float) random.nextDouble(-2, 2));
            }
            buffer = scope.allocate("operand", dtype, values.count());
        }

        long index(int batch, int row, int column) {
            return batch * distance + (long) row * stride + column;
        }

        double at(int batch, int row, int column, boolean transposed) {
            return value(values, transposed ? index(batch, column, row) : index(batch, row, column));
        }

        MatrixBatch batch() {
            return new MatrixBatch(buffer, stride, distance);
        }

        MatrixPointers pointers(int batches) {
            HostBuffer addresses = hostScope.allocateHost("addresses", DType.I64, batches);
            for (int i = 0; i < batches; i++) {
                addresses.segment().setAtIndex(ValueLayout.JAVA_LONG, i,
                    CudaBuffer.address(buffer) + i * distance * buffer.dtype().bytes());
            }
            Buffer pointers = scope.allocate("pointers", DType.I64, batches);
            pointers.copyFrom(addresses);
            return new MatrixPointers(pointers, buffer.dtype(), stride);
        }
    }

    private static void set(HostBuffer buffer, long index, float value) {
        var segment = buffer.segment();
        switch (buffer.dtype()) {
            case F32 -> segment.setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
            case F16 -> segment.setAtIndex(ValueLayout.JAVA_SHORT, index, Float.floatToFloat16(value));
            default -> segment.setAtIndex(ValueLayout.JAVA_SHORT, index, (short) (Float.floatToRawIntBits(value) >>> 16));
        }
    }

    private static float value(HostBuffer buffer, long index) {
        var segment = buffer.segment();
        return switch (buffer.dtype()) {
            case F32 -> segment.getAtIndex(ValueLayout.JAVA_FLOAT, index);
            case F16 -> Float.float16ToFloat(segment.getAtIndex(ValueLayout.JAVA_SHORT, index));
            default -> Float.intBitsToFloat(segment.getAtIndex(ValueLayout.JAVA_SHORT, index) << 16);
        };
    }

    // Half a step of the result's type, and for float16 half its least step.
    private static double tolerance(DType result, double exact) {
        int fraction = result == DType.F32 ? 24 : result == DType.F16 ? 11 : 8;
        return Math.scalb(Math.abs(exact), -fraction) * 1.001 + (result == DType.F16 ? 0x1p-25 : 0x1p-149);
    }

    @ParameterizedTest
    @MethodSource("products")
    void agreesWithAnOracleInDouble(Product p) {
        var random = new SplittableRandom(p.seed);
        int m = random.nextInt(1, 9);
        int n = random.nextInt(1, 9);
        int k = random.nextInt(1, 9);
        var a = new Operand(p.operands, p.transposeA ? k : m, p.transposeA ? m : k, p.batches(), false, random);
        var b = new Operand(p.operands, p.transposeB ? n : k, p.transposeB ? k : n, p.batches(), p.kind == Kind.SHARED_B, random);
        var c = new Operand(p.result, m, n, p.batches(), false, random);
        float alpha = (float) random.nextDouble(-2, 2);
        float beta = random.nextBoolean() ? 0 : (float) random.nextDouble(-2, 2);
        double[] exact = IntStream.range(0, (int) c.values.count()).mapToDouble(i -> value(c.values, i)).toArray();
        boolean[] written = new boolean[exact.length];
        for (int batch = 0; batch < p.batches(); batch++) {
            for (int i = 0; i < m * n; i++) {
                int at = (int) c.index(batch, i / n, i % n);
                exact[at] = alpha * dot(p, k, a, b, batch, i / n, i % n) + beta * exact[at];
                written[at] = true;
                if (beta == 0) {
                    set(c.values, at, Float.NaN);
                }
            }
        }
        for (Operand operand : List.of(a, b, c)) {
            operand.buffer.copyFrom(operand.values);
        }
        multiply(p, m, n, k, alpha, a, b, beta, c);
        c.values.copyFrom(c.buffer);
        for (int i = 0; i < exact.length; i++) {
            double error = Math.abs(value(c.values, i) - exact[i]);
            assertTrue(error <= (written[i] ? tolerance(p.result, exact[i]) : 0),
                p + " (" + m + ", " + k + ")·(" + k + ", " + n + "), element " + i + ": " + value(c.values, i) + " for " + exact[i]);
        }
    }

    private static double dot(Product p, int k, Operand a, Operand b, int batch, int row, int column) {
        double sum = 0;
        for (int i = 0; i < k; i++) {
            sum += a.at(batch, row, i, p.transposeA) * b.at(batch, i, column, p.transposeB);
        }
        return sum;
    }

    private void multiply(Product p, int m, int n, int k, float alpha, Operand a, Operand b, float beta, Operand c) {
        CudaBlas blas = blases.get(p.way);
        switch (p.kind) {
            case SINGLE -> blas.gemm(p.transposeA, p.transposeB, m, n, k, alpha, a.buffer, a.stride, b.buffer, b.stride, beta,
                c.buffer, c.stride);
            case STRIDED, SHARED_B -> blas.gemmStrided(p.transposeA, p.transposeB, m, n, k, alpha, a.batch(), b.batch(), beta,
                c.batch(), p.batches());
            case POINTERS -> blas.gemmPointers(p.transposeA, p.transposeB, m, n, k, alpha, a.pointers(p.batches()),
                b.pointers(p.batches()), beta, c.pointers(p.batches()), p.batches());
        }
    }
}
