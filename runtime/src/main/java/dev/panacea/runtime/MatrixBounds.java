package dev.panacea.runtime;

/** What every {@link Blas} asks of the matrices it is given. */
public final class MatrixBounds {
    private MatrixBounds() { }

    /**
     * Checks that a row-major matrix is one and lies in its buffer.
     *
     * @throws IllegalArgumentException naming the matrix, its extents and its buffer
     */
    public static void check(String name, Buffer buffer, int rows, int columns, int stride) {
        if (rows < 0 || columns < 0 || stride < columns) {
            throw new IllegalArgumentException(name + " of (" + rows + ", " + columns + ") with stride " + stride + " is no matrix");
        }
        if (rows > 0 && (rows - 1L) * stride + columns > buffer.count()) {
            throw new IllegalArgumentException(name + " of (" + rows + ", " + columns + ") with stride " + stride
                + " does not fit " + buffer);
        }
    }
}
