package dev.panacea.runtime.cuda;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.MatrixBounds;

/**
 * Row-major matrices in one buffer, the first at its beginning.
 *
 * @param stride elements from one stored row to the next
 * @param distance elements from one matrix to the next; 0 for one that all products share
 */
public record MatrixBatch(Buffer buffer, int stride, long distance) {

    void check(String name, int rows, int columns, int batches) {
        if (batches < 0 || distance < 0) {
            throw new IllegalArgumentException(name + " of " + batches + " matrices " + distance + " elements apart is no batch");
        }
        long last = Math.multiplyExact(Math.max(0L, batches - 1L), distance);
        if (last > buffer.count()) {
            throw new IllegalArgumentException(name + " of " + batches + " matrices " + distance + " elements apart does not fit "
                + buffer);
        }
        MatrixBounds.check(name, buffer.slice(last, buffer.count() - last), rows, columns, stride);
    }

    void checkApart(String name, int rows, int columns, int batches) {
        if (batches > 1 && rows > 0 && distance < (rows - 1L) * stride + columns) {
            throw new IllegalArgumentException(name + " of (" + rows + ", " + columns + ") with stride " + stride + ", " + distance
                + " elements apart, overlaps itself");
        }
    }
}
