package dev.panacea.runtime.cuda;

/** Extents along x, y and z of a grid, a block or a cluster. */
public record Dimensions(int x, int y, int z) {
    public static final Dimensions ONE = new Dimensions(1, 1, 1);

    /** @throws IllegalArgumentException unless every extent is positive */
    public Dimensions {
        if (x < 1 || y < 1 || z < 1) {
            throw new IllegalArgumentException("extents (" + x + ", " + y + ", " + z + ") must be positive");
        }
    }

    public Dimensions(int x) {
        this(x, 1, 1);
    }

    public Dimensions(int x, int y) {
        this(x, y, 1);
    }

    public long count() {
        return (long) x * y * z;
    }
}
