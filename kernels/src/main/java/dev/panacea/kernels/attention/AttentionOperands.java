package dev.panacea.kernels.attention;

import dev.panacea.kernels.attention.Attention.Shape;
import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;

/** The matrices of one call of attention on a CUDA device: all of one dtype, and read 16 bytes at a time. */
record AttentionOperands(CudaOperand operand, DType dtype, int columns) {
    private static final int CHUNK = 8;
    private static final int MOST_COLUMNS = 256;

    /**
     * @throws IllegalArgumentException without queries
     * @throws BadInputException for a dtype or a head dimension that there are no kernels for
     */
    static AttentionOperands of(CudaOperand operand, Shape shape, Buffer query) {
        int columns = shape.headDimension();
        DType dtype = CudaOperand.dtype("query", query, DType.values());
        if (dtype != DType.BF16 && dtype != DType.F16) {
            throw operand.device().lacks("attention in " + dtype + ", only in BF16 and F16,");
        }
        if (columns % CHUNK != 0 || columns > MOST_COLUMNS) {
            throw operand.device().lacks("attention with a head dimension of " + columns + ", only with multiples of " + CHUNK + " up to "
                + MOST_COLUMNS + ",");
        }
        return new AttentionOperands(operand, dtype, columns);
    }

    /** The device address of a matrix of {@code heads} rows, one for each token and head. */
    long address(String name, Buffer buffer, long heads) {
        return operand.alignedAddress(name, buffer, dtype, Math.multiplyExact(heads, (long) columns));
    }
}
