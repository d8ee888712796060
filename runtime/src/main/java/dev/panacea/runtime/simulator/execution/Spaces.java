package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.cuda.CudaError;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/** Finds the host memory behind the addresses of a warp. */
final class Spaces {
    private Spaces() { }

    /** The space that a generic address lies in. */
    static Space of(long address) {
        return Windows.shared(address) ? Space.SHARED : Windows.local(address) ? Space.LOCAL
            : Windows.parameter(address) ? Space.PARAMETER : Space.GLOBAL;
    }

    /** What must be taken from a generic address to have it count as {@code space} does. */
    static long window(Space space) {
        return switch (space) {
            case SHARED -> Windows.SHARED;
            case LOCAL -> Windows.LOCAL;
            case PARAMETER -> Windows.PARAMETER;
            default -> 0;
        };
    }

    /** {@code bytes} bytes at a generic address of one lane. */
    static MemorySegment generic(Warp warp, int lane, long address, int bytes) {
        Space space = of(address);
        return segment(warp, lane, space, address - window(space), bytes);
    }

    private static MemorySegment segment(Warp warp, int lane, Space space, long address, int bytes) {
        Block block = warp.block;
        switch (space) {
            case SHARED -> {
                if (block.shared.holds(address, bytes)) {
                    return block.shared.segment.asSlice(address, bytes);
                }
            }
            case LOCAL -> {
                if (address >= 0 && address <= block.localBytes - bytes) {
                    return block.local.segment.asSlice(localOffset(warp, lane) + address, bytes);
                }
            }
            case PARAMETER -> {
                MemorySegment parameters = block.launch.parameters();
                if (address >= 0 && address <= parameters.byteSize() - bytes) {
                    return parameters.asSlice(address, bytes);
                }
            }
            default -> {
                Region region = block.launch.memory().find(address, bytes);
                if (region != null) {
                    return region.segment.asSlice(address - region.base, bytes);
                }
            }
        }
        throw outside(warp, lane, space, address, bytes);
    }

    static long localOffset(Warp warp, int lane) {
        return (warp.index * Warp.LANES + lane) * warp.block.localBytes;
    }

    static LaneFault outside(Warp warp, int lane, Space space, long address, int bytes) {
        Block block = warp.block;
        String where = switch (space) {
            case SHARED -> "shared offset " + address + ", and the block has " + block.shared.length + " bytes";
            case LOCAL -> "local offset " + address + ", and a thread has " + block.localBytes + " bytes";
            case PARAMETER -> "parameter offset " + address + ", and the kernel has " + block.launch.parameters().byteSize() + " bytes";
            default -> block.launch.memory().describe(address);
        };
        return new LaneFault(CudaError.ILLEGAL_ADDRESS, lane, bytes + " bytes at " + where);
    }

    static LaneFault misaligned(Warp warp, int lane, Space space, long address, int bytes) {
        String where = space == Space.GLOBAL || space == Space.CONSTANT || space == Space.GENERIC
            ? warp.block.launch.memory().describe(address) : space.name().toLowerCase(Locale.ROOT) + " offset " + address;
        return new LaneFault(CudaError.MISALIGNED_ADDRESS, lane, bytes + " bytes at " + where + ", which is not a multiple of " + bytes);
    }
}
