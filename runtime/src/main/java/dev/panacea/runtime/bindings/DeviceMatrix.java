package dev.panacea.runtime.bindings;

import dev.panacea.runtime.DType;

/**
 * A matrix in a device's memory.
 *
 * @param address of its first element; in products over arrays, of a device array of such addresses
 * @param stride elements from one stored row, or for column-major ones from one column, to the next
 * @param batchStride elements from one matrix of a batch to the next; 0 shares one matrix, and is what a single one has
 */
public record DeviceMatrix(long address, DType dtype, int stride, long batchStride) {

    /** @throws IllegalArgumentException for a type that no product takes */
    public DeviceMatrix {
        CudaDataType.code(dtype);
    }

    public DeviceMatrix(long address, DType dtype, int stride) {
        this(address, dtype, stride, 0);
    }

    /** cudaDataType_t. */
    int type() {
        return CudaDataType.code(dtype);
    }

    /** The stride; strides below 1 are refused even for matrices without columns. */
    int leadingDimension() {
        return Math.max(1, stride);
    }
}
