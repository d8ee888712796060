package dev.panacea.kernels.svdlora;

/**
 * What one adapter meets a wide matrix (rows, columns) with in a narrow pass, and where the products go: addresses, 0 where a pass has no
 * use for one.
 *
 * @param factor V or U (columns, ranks)
 * @param narrow h or G ⊙ d (rows, ranks)
 * @param values wide · factor (rows, rank), float32
 * @param scaled values ⊙ d (rows, ranks), rounded
 * @param sum (columns, rank), float32, to which wideᵀ · narrow is added
 */
record NarrowOperands(Diagonals diagonals, long factor, long narrow, long values, long scaled, long sum) {

    static NarrowOperands projecting(Diagonals diagonals, long factor, long values, long scaled) {
        return new NarrowOperands(diagonals, factor, 0, values, scaled, 0);
    }

    static NarrowOperands adding(Diagonals diagonals, long narrow, long sum) {
        return new NarrowOperands(diagonals, 0, narrow, 0, 0, sum);
    }
}
