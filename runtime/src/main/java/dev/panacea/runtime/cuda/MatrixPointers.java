package dev.panacea.runtime.cuda;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;

/**
 * Row-major matrices anywhere on the device.
 *
 * @param pointers I64: the device address of each
 * @param dtype of their elements
 * @param stride elements from one stored row to the next
 */
public record MatrixPointers(Buffer pointers, DType dtype, int stride) {

    void check(String name, int columns, int batches) {
        if (pointers.dtype() != DType.I64 || batches < 0 || pointers.count() < batches) {
            throw new IllegalArgumentException(name + " needs " + batches + " addresses of I64, and " + pointers + " is not that");
        }
        if (columns < 0 || stride < columns) {
            throw new IllegalArgumentException(name + " of " + columns + " columns with stride " + stride + " is no matrix");
        }
    }
}
