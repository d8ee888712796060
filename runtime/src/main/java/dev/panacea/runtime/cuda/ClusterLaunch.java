package dev.panacea.runtime.cuda;

import dev.panacea.runtime.bindings.LibCuda;
import dev.panacea.runtime.bindings.LibCudaCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Launches in clusters of blocks, by cuLaunchKernelEx. Its two structures are built in memory that is kept for them. */
final class ClusterLaunch {
    static final String CALL = "cuLaunchKernelEx";

    // CUlaunchConfig: seven unsigned ints, CUstream at 32, CUlaunchAttribute * at 40, unsigned count at 48.
    private static final int CONFIG_BYTES = 56;
    private static final int STREAM = 32;
    private static final int ATTRIBUTES = 40;
    private static final int ATTRIBUTE_COUNT = 48;
    // CUlaunchAttribute: an id, padded to 8 bytes, and a union of 64.
    private static final int ATTRIBUTE_BYTES = 72;
    private static final int VALUE = 8;
    private static final int COOPERATIVE = 2;
    private static final int CLUSTER_DIMENSION = 4;

    private final LibCudaCode code;
    private final MemorySegment config;
    private final MemorySegment attributes;

    ClusterLaunch(LibCuda library) {
        code = library.code();
        // As long as the process, as the driver is.
        config = Arena.global().allocate(CONFIG_BYTES, Long.BYTES);
        attributes = Arena.global().allocate(2 * ATTRIBUTE_BYTES, Long.BYTES);
        attributes.set(ValueLayout.JAVA_INT, 0, CLUSTER_DIMENSION);
        attributes.set(ValueLayout.JAVA_INT, ATTRIBUTE_BYTES, COOPERATIVE);
        config.set(ValueLayout.JAVA_LONG, ATTRIBUTES, attributes.address());
    }

    /** The driver's status. */
    synchronized int launch(CudaFunction function, LaunchGeometry geometry, CudaStream stream, LaunchArguments arguments) {
        if (!code.hasLaunchKernelEx()) {
            throw new CudaException(CALL, CudaError.NOT_SUPPORTED,
                "kernel " + function.name() + " is launched in clusters, which need a driver for CUDA 11.8 or newer");
        }
        put(config, 0, geometry.grid());
        put(config, 12, geometry.block());
        config.set(ValueLayout.JAVA_INT, 24, geometry.dynamicSharedBytes());
        config.set(ValueLayout.JAVA_LONG, STREAM, stream.handle());
        config.set(ValueLayout.JAVA_INT, ATTRIBUTE_COUNT, geometry.cooperative() ? 2 : 1);
        put(attributes, VALUE, geometry.cluster());
        attributes.set(ValueLayout.JAVA_INT, ATTRIBUTE_BYTES + VALUE, 1);
        return code.cuLaunchKernelEx(config.address(), function.handle(), arguments.table(), 0);
    }

    private static void put(MemorySegment to, int offset, Dimensions extents) {
        to.set(ValueLayout.JAVA_INT, offset, extents.x());
        to.set(ValueLayout.JAVA_INT, offset + 4, extents.y());
        to.set(ValueLayout.JAVA_INT, offset + 8, extents.z());
    }
}
