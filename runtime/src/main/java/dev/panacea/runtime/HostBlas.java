package dev.panacea.runtime;

import dev.panacea.runtime.bindings.OneDnn;

/** Matrix products by oneDNN, one thread a call, cut into fixed tiles of C that all cores share. */
final class HostBlas implements Blas {
    private static final int TILE = 256;

    private final OneDnn dnn;
    private final Workers workers;

    HostBlas(OneDnn dnn, Workers workers) {
        this.dnn = dnn;
        this.workers = workers;
    }

    @Override
    public void gemm(boolean transposeA, boolean transposeB, int m, int n, int k,
                     float alpha, Buffer a, int lda, Buffer b, int ldb, float beta, Buffer c, int ldc) {
        long pa = HostBuffer.segment(a).address();
        long pb = HostBuffer.segment(b).address();
        long pc = HostBuffer.segment(c).address();
        int rowTiles = Math.ceilDiv(m, TILE);
        workers.forEach(rowTiles, tile -> {
            int row = tile * TILE;
            int rows = Math.min(TILE, m - row);
            long offsetA = transposeA ? row : (long) row * lda;
            dnn.sgemm(transposeA, transposeB, rows, n, k, alpha, pa + 4 * offsetA, lda, pb, ldb, beta, pc + 4L * row * ldc, ldc);
        });
    }

    @Override
    public String description() {
        return dnn.version();
    }
}
