package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.observation.AccessKind;
import java.lang.foreign.MemorySegment;

/**
 * An access to memory: finds the host memory behind the addresses of the lanes and has {@link #transfer} work on it, one stretch of
 * memory at a time.
 */
abstract class MemoryOperation extends Operation {
    final Addressing addressing;
    /** Bytes that each lane touches; also the alignment that its address must have. */
    final int bytes;
    private final AccessKind kind;
    /** The global allocation met last: mostly the next one too. Threads may overwrite each other's; any is as good. */
    private Region recent;

    MemoryOperation(Addressing addressing, int bytes, AccessKind kind) {
        this.addressing = addressing;
        this.bytes = bytes;
        this.kind = kind;
    }

    /**
     * Moves data between registers and memory.
     *
     * @param offsets of each lane, from the beginning of {@code memory}; checked
     * @param lanes all of the warp only where offsets may be {@link Addressing#consecutive}
     */
    abstract void transfer(Warp warp, MemorySegment memory, long[] offsets, int lanes);

    @Override
    final void execute(Warp warp, int lanes) {
        long[] addresses = addressing.resolve(warp, lanes);
        Space space = addressing.space();
        if (space == Space.GENERIC) {
            generic(warp, addresses, lanes);
        } else {
            access(warp, space, addresses, lanes);
        }
    }

    /** Sorts lanes with generic addresses by the space they point to. */
    private void generic(Warp warp, long[] addresses, int lanes) {
        for (int rest = lanes; rest != 0;) {
            Space space = Spaces.of(addresses[Integer.numberOfTrailingZeros(rest)]);
            int alike = 0;
            long window = Spaces.window(space);
            for (int open = rest; open != 0; open &= open - 1) {
                int lane = Integer.numberOfTrailingZeros(open);
                if (Spaces.of(addresses[lane]) == space) {
                    alike |= 1 << lane;
                    addresses[lane] -= window;
                }
            }
            access(warp, space, addresses, alike);
            rest &= ~alike;
        }
    }

    private void access(Warp warp, Space space, long[] addresses, int lanes) {
        if (warp.observer != null) {
            warp.observer.accessed(site, warp.index, space.observed(), kind, addresses, lanes, bytes);
        }
        aligned(warp, space, addresses, lanes);
        switch (space) {
            case SHARED -> within(warp, space, warp.block.shared.segment, addresses, lanes);
            case PARAMETER -> within(warp, space, warp.block.launch.parameters(), addresses, lanes);
            case LOCAL -> local(warp, addresses, lanes);
            default -> global(warp, space, addresses, lanes);
        }
    }

    private void aligned(Warp warp, Space space, long[] addresses, int lanes) {
        if (bytes == 1) {
            return;
        }
        long low = 0;
        if (lanes == Warp.ALL) {
            low = Addressing.union(addresses);
        } else {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                low |= addresses[Integer.numberOfTrailingZeros(rest)];
            }
        }
        if ((low & bytes - 1) == 0) {
            return;
        }
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            if ((addresses[lane] & bytes - 1) != 0) {
                throw Spaces.misaligned(warp, lane, space, addresses[lane], bytes);
            }
        }
    }

    private void within(Warp warp, Space space, MemorySegment memory, long[] addresses, int lanes) {
        long last = memory.byteSize() - bytes;
        if (lanes == Warp.ALL && Addressing.rebase(addresses, 0, last)) {
            transfer(warp, memory, addresses, lanes);
            return;
        }
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            if (addresses[lane] < 0 || addresses[lane] > last) {
                throw Spaces.outside(warp, lane, space, addresses[lane], bytes);
            }
        }
        transfer(warp, memory, addresses, lanes);
    }

    private void local(Warp warp, long[] addresses, int lanes) {
        long last = warp.block.localBytes - bytes;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            if (addresses[lane] < 0 || addresses[lane] > last) {
                throw Spaces.outside(warp, lane, Space.LOCAL, addresses[lane], bytes);
            }
            addresses[lane] += Spaces.localOffset(warp, lane);
        }
        transfer(warp, warp.block.local.segment, addresses, lanes);
    }

    private void global(Warp warp, Space space, long[] addresses, int lanes) {
        for (int rest = lanes; rest != 0;) {
            int first = Integer.numberOfTrailingZeros(rest);
            Region region = recent;
            if (region == null || !region.live() || !region.holds(addresses[first], bytes)) {
                region = warp.block.launch.memory().find(addresses[first], bytes);
                if (region == null) {
                    throw Spaces.outside(warp, first, space, addresses[first], bytes);
                }
                recent = region;
            }
            int inside = rest == Warp.ALL && Addressing.rebase(addresses, region.base, region.length - bytes) ? rest
                : inside(region, addresses, rest);
            transfer(warp, region.segment, addresses, inside);
            rest &= ~inside;
        }
    }

    /** Those of {@code lanes} whose bytes lie in {@code region}; their addresses become offsets in it. */
    private int inside(Region region, long[] addresses, int lanes) {
        int inside = 0;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            if (region.holds(addresses[lane], bytes)) {
                addresses[lane] -= region.base;
                inside |= 1 << lane;
            }
        }
        return inside;
    }
}
