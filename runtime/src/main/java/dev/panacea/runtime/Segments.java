package dev.panacea.runtime;

import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.cuda.PrimaryContext;
import dev.panacea.runtime.cuda.Stream;
import java.util.List;

/** Segments of device memory from the driver, cut up in tiers by the size of requests. */
final class Segments {
    private final PrimaryContext context;
    private final Stream compute;
    private final boolean poisons;
    private final List<Tier> tiers;
    private long bytes;

    /**
     * @param cuts whether a segment serves several requests; otherwise each has one of its own, exact to the byte
     * @param poisons whether memory that changes hands is filled, so that nobody reads what an earlier owner left
     */
    Segments(PrimaryContext context, Stream compute, boolean cuts, boolean poisons) {
        this.context = context;
        this.compute = compute;
        // filling is writing, which would hide from a checker what nobody has written
        this.poisons = poisons && cuts;
        tiers = cuts ? Tier.all() : Tier.exact();
    }

    /** An extent for {@code size} bytes of what is there; null when there is none. */
    Extent take(long size) {
        Tier tier = tier(size);
        return tier.take(tier.rounded(size));
    }

    /** {@link #take} with another segment of the usual size; null when the device has no room for it. */
    Extent takeMapped(long size) {
        Tier tier = tier(size);
        return map(tier, tier.segmentFor(tier.rounded(size))) ? take(size) : null;
    }

    /** {@link #takeMapped} with a segment no larger than needed. */
    Extent takeMappedAlone(long size) {
        Tier tier = tier(size);
        return map(tier, tier.rounded(size)) ? take(size) : null;
    }

    private Tier tier(long size) {
        return tiers.stream().filter(tier -> tier.serves(size)).findFirst().orElseThrow();
    }

    private boolean map(Tier tier, long size) {
        long address;
        try {
            address = context.driver().allocate(size);
        } catch (CudaException e) {
            if (e.error().code() == CudaError.OUT_OF_MEMORY.code()) {
                return false;
            }
            throw e;
        }
        bytes += size;
        poison(address, size);
        tier.addSegment(address, size);
        return true;
    }

    void free(Extent extent) {
        poison(extent.address(), extent.bytes());
        extent.tier().give(extent);
    }

    private void poison(long address, long size) {
        if (poisons) {
            context.driver().fillBytes(address, MemoryDebug.POISON, size, compute.handle());
        }
    }

    /** Gives the segments of which nothing is in use back to the driver. */
    void giveBack() {
        for (Tier tier : tiers) {
            for (Extent segment : tier.removeWholeSegments()) {
                context.driver().free(segment.address());
                bytes -= segment.bytes();
            }
        }
    }

    /** Bytes taken from the driver. */
    long bytes() {
        return bytes;
    }

    long freeBytes() {
        return tiers.stream().mapToLong(Tier::freeBytes).sum();
    }

    long largestFreeBytes() {
        return tiers.stream().mapToLong(Tier::largestFreeBytes).max().orElse(0);
    }
}
