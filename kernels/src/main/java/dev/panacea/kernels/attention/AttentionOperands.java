package dev.panacea.kernels.attention;

import dev.panacea.kernels.attention.Attention.Shape;
import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;

/** The matrices of one call of attention on a CUDA device: all of one dtype, and read 16 bytes at a time. */
record AttentionOperands(CudaOperand operand, DType dtype) {
    private static final int ALIGNMENT = 16;
    private static final int MOST_COLUMNS = 256;

    /** The device address of a matrix. */
    long address(String name, Buffer buffer, long count) {
        long address = operand.address(name, buffer, dtype, count);
        if (address % ALIGNMENT != 0) {
            throw new IllegalArgumentException(name + " must begin at a multiple of " + ALIGNMENT + " bytes: " + buffer);
        }
        return address;
    }

    /** What all matrices of a call must be of. */
    static DType dtype(CudaDevice device, Buffer query) {
        if (query == null) {
            throw new IllegalArgumentException("query is missing");
        }
        if (query.dtype() != DType.BF16 && query.dtype() != DType.F16) {
            throw device.lacks("attention in " + query.dtype() + ", only in BF16 and F16,");
        }
        return query.dtype();
    }

    /** The head dimension. */
    static int columns(CudaDevice device, Shape shape) {
        int columns = shape.headDimension();
        if (columns % 8 != 0 || columns > MOST_COLUMNS) {
            throw device.lacks("attention with a head dimension of " + columns + ", only with multiples of 8 up to " + MOST_COLUMNS + ",");
        }
        return columns;
    }
}
