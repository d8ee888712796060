package dev.panacea.bench.step;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.List;
import java.util.function.ToLongFunction;

/** Runs the matrix products of a step alone, through the same entry and in the same parts as the kernels do. */
final class ProductRun implements AutoCloseable {
    private static final float FILLING = 0.01f;

    private final HostDevice device;
    private final List<MatrixProduct> products;
    private final MemoryScope memory;
    private final Buffer a;
    private final Buffer b;
    private final Buffer c;

    /** @param operands F32 or BF16 */
    ProductRun(HostDevice device, DType operands, List<MatrixProduct> products) {
        this.device = device;
        this.products = products;
        memory = device.openScope("products");
        a = room("A", operands, MatrixProduct::elementsOfA);
        b = room("B", operands, MatrixProduct::elementsOfB);
        c = room("C", DType.F32, MatrixProduct::elementsOfC);
    }

    private Buffer room(String name, DType dtype, ToLongFunction<MatrixProduct> elements) {
        long count = products.stream().mapToLong(elements).max().orElseThrow();
        Buffer room = memory.allocate(name, dtype, count);
        Elementwise elementwise = Elementwise.on(device);
        try (MemoryScope scope = device.openScope("filling")) {
            Buffer values = scope.allocate("filling", DType.F32, count);
            elementwise.fill(count, FILLING, values);
            elementwise.cast(count, values, room);
        }
        return room;
    }

    void run() {
        for (MatrixProduct product : products) {
            if (product.isWhole()) {
                device.blas().gemm(product.transposeA(), product.transposeB(), product.m(), product.n(), product.k(), 1,
                    a, product.transposeA() ? product.m() : product.k(), b, product.transposeB() ? product.k() : product.n(),
                    0, c, product.n());
            } else {
                device.workers().forEach(Math.ceilDiv(product.m(), product.rows()), block -> rows(product, block));
            }
        }
    }

    private void rows(MatrixProduct p, int block) {
        int rows = Math.min(p.rows(), p.m() - block * p.rows());
        Buffer left = a.slice((long) block * p.rows() * p.terms(), (long) rows * p.terms());
        Buffer sums = c.slice((long) block * p.rows() * p.columns(), (long) rows * p.columns());
        for (int term = 0; term < p.k(); term += p.terms()) {
            int terms = Math.min(p.terms(), p.k() - term);
            for (int column = 0; column < p.n(); column += p.columns()) {
                int columns = Math.min(p.columns(), p.n() - column);
                long from = p.transposeB() ? (long) column * p.k() + term : (long) term * p.n() + column;
                device.blas().gemm(false, p.transposeB(), rows, columns, terms, 1, left, p.terms(),
                    b.slice(from, b.count() - from), p.transposeB() ? p.k() : p.n(), term == 0 ? 0 : 1, sums, p.columns());
            }
        }
    }

    /** Bytes of the matrices. */
    long bytes() {
        return memory.heldBytes();
    }

    double flops() {
        return products.stream().mapToDouble(MatrixProduct::flops).sum();
    }

    @Override
    public void close() {
        memory.close();
    }
}
