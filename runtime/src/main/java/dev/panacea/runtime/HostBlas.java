package dev.panacea.runtime;

import dev.panacea.runtime.bindings.OneDnn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Matrix products by oneDNN, one thread a call, cut into fixed tiles of C that all cores share. */
final class HostBlas implements Blas {
    private static final int PANEL = 6;

    private final OneDnn dnn;
    private final NarrowProducts narrow;
    private final Workers workers;
    private final boolean widensBf16;

    HostBlas(OneDnn dnn, Workers workers) {
        this(dnn, workers, !dnn.isFastInBf16());
    }

    /** @param widensBf16 whether bfloat16 operands are widened to float32, which the sums are in anyway */
    HostBlas(OneDnn dnn, Workers workers, boolean widensBf16) {
        this.widensBf16 = widensBf16;
        this.dnn = dnn;
        this.narrow = new NarrowProducts(dnn.matmul());
        this.workers = workers;
    }

    @Override
    public void gemm(boolean transposeA, boolean transposeB, int m, int n, int k,
                     float alpha, Buffer a, int lda, Buffer b, int ldb, float beta, Buffer c, int ldc) {
        checkDtypes(a, b, c);
        MatrixBounds.check("A", a, transposeA ? k : m, transposeA ? m : k, lda);
        MatrixBounds.check("B", b, transposeB ? n : k, transposeB ? k : n, ldb);
        MatrixBounds.check("C", c, m, n, ldc);
        if (m == 0 || n == 0) {
            return;
        }
        if (k == 0) {
            scale(m, n, beta, HostBuffer.segment(c), ldc);
            return;
        }
        boolean bf16 = a.dtype() == DType.BF16;
        try (Arena arena = Arena.ofConfined()) {
            boolean widens = bf16 && widensBf16;
            MemorySegment left = widens
                ? Widening.of(arena, a, extent(transposeA ? k : m, transposeA ? m : k, lda)) : HostBuffer.segment(a);
            MemorySegment right = widens
                ? Widening.of(arena, b, extent(transposeB ? n : k, transposeB ? k : n, ldb)) : HostBuffer.segment(b);
            run(new Product(bf16 && !widens, transposeA, transposeB, m, n, k, alpha, left.address(), lda,
                right.address(), ldb, beta, HostBuffer.segment(c).address(), ldc));
        }
    }

    // elements from the first to the last of a matrix with any rows
    private static long extent(int rows, int columns, int stride) {
        return (rows - 1L) * stride + columns;
    }

    private void run(Product product) {
        if (Workers.insideTask()) {
            runOnThisThread(product);
            return;
        }
        Tiling tiling = Tiling.of(product.m(), product.n(), product.k());
        workers.forEach(tiling.count(), tile ->
            runOnThisThread(product.tile(tiling.row(tile), tiling.rows(tile), tiling.column(tile), tiling.columns(tile))));
    }

    private void runOnThisThread(Product product) {
        if (NarrowProducts.suits(product)) {
            narrow.run(product, this::general);
        } else {
            general(product);
        }
    }

    /**
     * Without AVX-512 the library sums the rows that a call has beyond a multiple of {@link #PANEL} in another order than all
     * others, so that a token's bits would depend on its place in a batch. Where nothing is added to, these rows are computed
     * once more with enough of those before them.
     */
    private void general(Product p) {
        int beyond = p.m() % PANEL;
        if (!widensBf16 || beyond == 0 || p.m() < PANEL || p.transposeA() || p.beta() != 0) {
            once(p);
        } else {
            once(p.tile(0, p.m() - beyond, 0, p.n()));
            once(p.tile(p.m() - PANEL, PANEL, 0, p.n()));
        }
    }

    private void once(Product p) {
        if (p.bf16()) {
            dnn.bf16gemm(p.transposeA(), p.transposeB(), p.m(), p.n(), p.k(), p.alpha(), p.a(), p.lda(), p.b(), p.ldb(),
                p.beta(), p.c(), p.ldc());
        } else {
            dnn.sgemm(p.transposeA(), p.transposeB(), p.m(), p.n(), p.k(), p.alpha(), p.a(), p.lda(), p.b(), p.ldb(),
                p.beta(), p.c(), p.ldc());
        }
    }

    private static void checkDtypes(Buffer a, Buffer b, Buffer c) {
        boolean operands = a.dtype() == b.dtype() && (a.dtype() == DType.F32 || a.dtype() == DType.BF16);
        if (!operands || c.dtype() != DType.F32) {
            throw new IllegalArgumentException("no product of " + a.dtype() + " and " + b.dtype() + " into " + c.dtype()
                + ": A and B are both F32 or both BF16, C is F32");
        }
    }

    // An empty sum: the library leaves C alone then.
    private static void scale(int m, int n, float beta, MemorySegment c, int ldc) {
        for (int row = 0; row < m; row++) {
            for (long at = (long) row * ldc; at < (long) row * ldc + n; at++) {
                c.setAtIndex(ValueLayout.JAVA_FLOAT, at, beta == 0 ? 0 : beta * c.getAtIndex(ValueLayout.JAVA_FLOAT, at));
            }
        }
    }

    @Override
    public String description() {
        return dnn.version();
    }

    @Override
    public void close() {
        narrow.close();
    }
}
