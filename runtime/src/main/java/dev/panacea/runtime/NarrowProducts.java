package dev.panacea.runtime;

import dev.panacea.runtime.bindings.OneDnnMatmul;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Products with few columns, such as those of an adapter's rank: code generated for one shape runs them up to twice as fast
 * as the general routine. It is kept for blocks of fixed extents only, so that batches of all sizes share it.
 */
final class NarrowProducts implements AutoCloseable {
    private static final int WIDEST_F32 = 32;
    private static final int WIDEST_BF16 = 96;
    private static final int ROWS = 64;
    private static final int TERMS = 512;
    private static final int LEAST_TERMS = 128;
    private static final int TERMS_STEP = 32;

    private final OneDnnMatmul matmul;
    private final Map<OneDnnMatmul.Shape, Queue<OneDnnMatmul.Product>> idle = new ConcurrentHashMap<>();

    NarrowProducts(OneDnnMatmul matmul) {
        this.matmul = matmul;
    }

    /** Whether {@link #run} is the better way; in float32 a transposed A gains nothing from it. */
    static boolean suits(Product p) {
        boolean narrow = p.bf16() ? p.n() <= WIDEST_BF16 : p.n() <= WIDEST_F32 && !p.transposeA();
        return narrow && p.m() >= ROWS && p.k() >= LEAST_TERMS && p.alpha() == 1 && (p.beta() == 0 || p.beta() == 1);
    }

    /** Runs {@code product} on the calling thread; what no block covers goes to {@code general}. */
    void run(Product product, Consumer<Product> general) {
        int row = 0;
        for (; row + ROWS <= product.m(); row += ROWS) {
            rows(product.tile(row, ROWS, 0, product.n()), general);
        }
        if (row < product.m()) {
            general.accept(product.tile(row, product.m() - row, 0, product.n()));
        }
    }

    private void rows(Product product, Consumer<Product> general) {
        int done = 0;
        while (product.k() - done >= LEAST_TERMS) {
            int terms = Math.min(TERMS, (product.k() - done) / TERMS_STEP * TERMS_STEP);
            block(product.terms(done, terms));
            done += terms;
        }
        if (done < product.k()) {
            general.accept(product.terms(done, product.k() - done));
        }
    }

    private void block(Product p) {
        var shape = new OneDnnMatmul.Shape(p.bf16(), p.transposeA(), p.transposeB(), p.m(), p.n(), p.k(), p.lda(), p.ldb(), p.ldc(),
            p.beta() == 1);
        Queue<OneDnnMatmul.Product> ready = idle.computeIfAbsent(shape, s -> new ConcurrentLinkedQueue<>());
        OneDnnMatmul.Product code = ready.poll();
        if (code == null) {
            code = matmul.create(shape);
        }
        code.run(p.a(), p.b(), p.c());
        ready.add(code);
    }

    @Override
    public void close() {
        idle.values().forEach(products -> products.forEach(OneDnnMatmul.Product::close));
        idle.clear();
        matmul.close();
    }
}
