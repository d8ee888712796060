package dev.panacea.runtime.cuda;

/**
 * How a kernel is spread over a device.
 *
 * @param grid blocks
 * @param block threads of a block
 * @param dynamicSharedBytes shared memory beyond what the kernel declares
 * @param cooperative whether all blocks must be resident at once, so that they can wait for each other
 * @param cluster blocks that share distributed shared memory; {@link Dimensions#ONE} for none, more needs sm_90
 */
public record LaunchGeometry(Dimensions grid, Dimensions block, int dynamicSharedBytes, boolean cooperative, Dimensions cluster) {

    public LaunchGeometry {
        if (dynamicSharedBytes < 0) {
            throw new IllegalArgumentException(dynamicSharedBytes + " bytes of dynamic shared memory");
        }
    }

    public LaunchGeometry(Dimensions grid, Dimensions block, int dynamicSharedBytes) {
        this(grid, block, dynamicSharedBytes, false, Dimensions.ONE);
    }

    public LaunchGeometry(int blocks, int threads) {
        this(new Dimensions(blocks), new Dimensions(threads), 0);
    }

    /** The same, with all blocks resident at once. */
    public LaunchGeometry cooperatively() {
        return new LaunchGeometry(grid, block, dynamicSharedBytes, true, cluster);
    }

    /** The same, in clusters of blocks. */
    public LaunchGeometry inClusters(Dimensions extents) {
        return new LaunchGeometry(grid, block, dynamicSharedBytes, cooperative, extents);
    }
}
