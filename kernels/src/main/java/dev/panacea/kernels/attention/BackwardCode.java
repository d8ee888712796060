package dev.panacea.kernels.attention;

import dev.panacea.runtime.DType;
import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.LaunchGeometry;

/** The code of attention's backward for one padded head dimension, with the tiles of {@code attention/backward_shape.cuh}. */
enum BackwardCode {
    D32(32, 128, 128), D64(64, 128, 128), D96(96, 64, 128), D128(128, 64, 128), D256(256, 32, 64);

    static final int WARPS = 8;
    private static final int STAGES = 2;
    private static final Dimensions BLOCK = new Dimensions(32 * WARPS);

    private final int dimension;
    private final int queries;
    private final int keys;

    BackwardCode(int dimension, int queries, int keys) {
        this.dimension = dimension;
        this.queries = queries;
        this.keys = keys;
    }

    /** The least that holds {@code columns}. */
    static BackwardCode of(int columns) {
        BackwardCode code = D32;
        while (code.dimension < columns) {
            code = values()[code.ordinal() + 1];
        }
        return code;
    }

    int dimension() {
        return dimension;
    }

    /** Of a tile. */
    int keys() {
        return keys;
    }

    /** Tiles of queries beside one of keys. */
    int parts() {
        return keys / queries;
    }

    /** K, V, P and dS, and two stages of Q, dO and two statistics of each query. */
    int sharedBytes() {
        int halves = 2 * keys * dimension + 2 * queries * keys + STAGES * 2 * queries * dimension;
        return halves * DType.BF16.bytes() + STAGES * 2 * queries * DType.F32.bytes();
    }

    LaunchGeometry beforeAndAfter(int blocks) {
        return new LaunchGeometry(new Dimensions(blocks), BLOCK, 0);
    }

    LaunchGeometry main(int blocks) {
        return new LaunchGeometry(new Dimensions(blocks), BLOCK, sharedBytes());
    }
}
