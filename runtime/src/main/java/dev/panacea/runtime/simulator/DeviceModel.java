package dev.panacea.runtime.simulator;

import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.cuda.DeviceAttribute;
import dev.panacea.runtime.cuda.DeviceProperties;
import java.util.Locale;

/**
 * The GPU that is simulated.
 *
 * @param name as the driver tells it
 * @param major of the compute capability
 * @param minor of the compute capability
 * @param multiprocessors that blocks are thought to be spread over
 * @param memoryBytes of device memory
 * @param sharedBytesOptIn shared memory that a block can have when it asks for more than the usual 48 KiB
 * @param sharedBytesPerMultiprocessor for the number of resident blocks
 */
public record DeviceModel(String name, int major, int minor, int multiprocessors, long memoryBytes, int sharedBytesOptIn,
                          int sharedBytesPerMultiprocessor) {
    static final int WARP = 32;
    static final int SHARED_BYTES = 48 << 10;
    static final int REGISTERS = 64 << 10;
    static final int THREADS_PER_BLOCK = 1024;
    static final int THREADS_PER_MULTIPROCESSOR = 2048;
    static final int BLOCKS_PER_MULTIPROCESSOR = 32;
    static final int RESERVED_SHARED_BYTES = 1024;
    static final int MOST_BLOCK_Z = 64;
    static final int MOST_GRID_YZ = 65535;

    /** An A800 with 80 GB, as far as the memory of this machine carries. */
    public static DeviceModel a800() {
        return new DeviceModel("Simulated A800 (sm_80)", 8, 0, 108, 80L << 30, 163 << 10, 164 << 10);
    }

    /**
     * A800, A100, H100, H800 (80 GB each) or H200, with as much memory as their drivers leave of it, in whole GiB.
     *
     * @throws BadInputException for another name
     */
    public static DeviceModel named(String card) {
        return switch (card.toLowerCase(Locale.ROOT)) {
            case "a800", "a100" -> new DeviceModel(card, 8, 0, 108, 79L << 30, 163 << 10, 164 << 10);
            case "h100", "h800" -> new DeviceModel(card, 9, 0, 132, 79L << 30, 227 << 10, 228 << 10);
            case "h200" -> new DeviceModel(card, 9, 0, 132, 139L << 30, 227 << 10, 228 << 10);
            default -> throw new BadInputException("there is no card " + card + "; use a800, a100, h100, h800 or h200");
        };
    }

    /** A card of those properties, with the shared memory of its generation. */
    public static DeviceModel like(DeviceProperties card) {
        int shared = card.major() >= 9 ? 228 << 10 : 164 << 10;
        return new DeviceModel(card.name(), card.major(), card.minor(), card.multiprocessors(), card.memoryBytes(),
            shared - RESERVED_SHARED_BYTES, shared);
    }

    /** The same with {@code bytes} of memory. */
    public DeviceModel withMemory(long bytes) {
        return new DeviceModel(name, major, minor, multiprocessors, bytes, sharedBytesOptIn, sharedBytesPerMultiprocessor);
    }

    int attribute(DeviceAttribute attribute) {
        return switch (attribute) {
            case MAX_THREADS_PER_BLOCK, MAX_BLOCK_DIM_X, MAX_BLOCK_DIM_Y -> THREADS_PER_BLOCK;
            case MAX_BLOCK_DIM_Z -> MOST_BLOCK_Z;
            case MAX_GRID_DIM_X -> Integer.MAX_VALUE;
            case MAX_GRID_DIM_Y, MAX_GRID_DIM_Z -> MOST_GRID_YZ;
            case MAX_SHARED_MEMORY_PER_BLOCK -> SHARED_BYTES;
            case WARP_SIZE -> WARP;
            case MAX_REGISTERS_PER_BLOCK, MAX_REGISTERS_PER_MULTIPROCESSOR -> REGISTERS;
            case CLOCK_RATE_KHZ -> 1_410_000;
            case MULTIPROCESSOR_COUNT -> multiprocessors;
            case MEMORY_CLOCK_RATE_KHZ -> 1_593_000;
            case GLOBAL_MEMORY_BUS_WIDTH_BITS -> 5120;
            case L2_CACHE_BYTES -> 40 << 20;
            case MAX_THREADS_PER_MULTIPROCESSOR -> THREADS_PER_MULTIPROCESSOR;
            case COMPUTE_CAPABILITY_MAJOR -> major;
            case COMPUTE_CAPABILITY_MINOR -> minor;
            case MAX_SHARED_MEMORY_PER_MULTIPROCESSOR -> sharedBytesPerMultiprocessor;
            case COOPERATIVE_LAUNCH -> 1;
            case MAX_SHARED_MEMORY_PER_BLOCK_OPTIN -> sharedBytesOptIn;
            case CLUSTER_LAUNCH -> 0;
        };
    }
}
