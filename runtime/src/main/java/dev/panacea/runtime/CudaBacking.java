package dev.panacea.runtime;

import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.cuda.Event;
import dev.panacea.runtime.cuda.MemoryInfo;
import dev.panacea.runtime.cuda.PrimaryContext;
import dev.panacea.runtime.cuda.Stream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Memory of a CUDA device, kept in segments. It is handed out in the order of the compute stream: what was given back is reused at
 * once, as later work on that stream comes after earlier work; what another stream uses too waits until that stream is done.
 *
 * <p>A simulated device, and any device with the system property {@code panacea.memory.pool=false}, keeps nothing: each piece is taken
 * from the driver by itself, exact to the byte, and given back at once, so that checkers of memory know its bounds, its fresh contents
 * and its end.
 */
final class CudaBacking implements Backing {

    /** Given back, but still used by streams until {@code uses} have come. */
    private record Waiting(Extent extent, List<Event> uses) {
        boolean isOver() {
            return uses.stream().allMatch(Event::isDone);
        }
    }

    private final CudaDevice device;
    private final PrimaryContext context;
    private final Stream compute;
    private final boolean keeps;
    private final List<Tier> tiers;
    private final List<Waiting> waiting = new ArrayList<>();
    private final Deque<CudaBlock> givenWhileCapturing = new ArrayDeque<>();
    private long reserved;

    CudaBacking(CudaDevice device, PrimaryContext context, Stream compute) {
        this.device = device;
        this.context = context;
        this.compute = compute;
        keeps = !device.isSimulated() && Boolean.parseBoolean(System.getProperty("panacea.memory.pool", "true"));
        tiers = keeps ? Tier.all() : Tier.exact();
    }

    CudaDevice device() {
        return device;
    }

    @Override
    public CudaBlock take(long bytes) {
        if (compute.isCapturing()) {
            throw new IllegalStateException("memory of " + device.name() + " is asked for while its compute stream is captured; "
                + "take it before, as the graph must find it at every launch");
        }
        collect();
        Tier tier = tiers.stream().filter(t -> t.serves(bytes)).findFirst().orElseThrow();
        long size = tier.rounded(bytes);
        Extent extent = tier.take(size);
        if (extent == null) {
            extent = reserve(tier, size);
        }
        return extent == null ? null : new CudaBlock(this, extent);
    }

    // A full device may still have room once other streams are done, once unused segments went back, or for a smaller segment.
    private Extent reserve(Tier tier, long size) {
        if (map(tier, tier.segmentFor(size))) {
            return tier.take(size);
        }
        trim();
        Extent extent = tier.take(size);
        if (extent != null) {
            return extent;
        }
        return map(tier, tier.segmentFor(size)) || map(tier, size) ? tier.take(size) : null;
    }

    private boolean map(Tier tier, long bytes) {
        long address;
        try {
            address = context.driver().allocate(bytes);
        } catch (CudaException e) {
            if (e.error().code() == CudaError.OUT_OF_MEMORY.code()) {
                return false;
            }
            throw e;
        }
        reserved += bytes;
        poison(address, bytes);
        tier.addSegment(address, bytes);
        return true;
    }

    void give(CudaBlock block) {
        if (compute.isCapturing()) {
            givenWhileCapturing.add(block);
            return;
        }
        List<Event> uses = block.lastUses();
        if (uses.isEmpty()) {
            free(block.extent());
        } else {
            waiting.add(new Waiting(block.extent(), uses));
        }
    }

    private void collect() {
        while (!givenWhileCapturing.isEmpty()) {
            give(givenWhileCapturing.poll());
        }
        waiting.removeIf(block -> {
            boolean over = block.isOver();
            if (over) {
                block.uses.forEach(Event::close);
                free(block.extent);
            }
            return over;
        });
    }

    private void free(Extent extent) {
        poison(extent.address(), extent.bytes());
        extent.tier().give(extent);
        if (!keeps) {
            giveSegmentsBack();
        }
    }

    private void poison(long address, long bytes) {
        // filling is writing, which would hide from a checker what nobody has written
        if (MemoryDebug.ON && keeps) {
            context.driver().fillBytes(address, MemoryDebug.POISON, bytes, compute.handle());
        }
    }

    @Override
    public void trim() {
        compute.synchronize();
        waiting.forEach(block -> block.uses.forEach(Event::synchronize));
        collect();
        giveSegmentsBack();
    }

    private void giveSegmentsBack() {
        for (Tier tier : tiers) {
            for (Extent segment : tier.removeWholeSegments()) {
                context.driver().free(segment.address());
                reserved -= segment.bytes();
            }
        }
    }

    @Override
    public long reservedBytes() {
        return reserved;
    }

    @Override
    public long freeBytes() {
        return tiers.stream().mapToLong(Tier::freeBytes).sum();
    }

    @Override
    public long largestFreeBytes() {
        return tiers.stream().mapToLong(Tier::largestFreeBytes).max().orElse(0);
    }

    @Override
    public String room() {
        MemoryInfo info = context.driver().memoryInfo();
        return "the card has " + info.free() + " of its " + info.total() + " bytes free";
    }
}
