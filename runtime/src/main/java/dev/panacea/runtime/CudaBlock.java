package dev.panacea.runtime;

import dev.panacea.runtime.cuda.Event;
import dev.panacea.runtime.cuda.Stream;
import java.util.ArrayList;
import java.util.List;

/** Device memory that is handed out, with the streams beside the compute stream that use it. Guarded by itself. */
final class CudaBlock implements Backing.Block {
    private final CudaBacking backing;
    private final Segments home;
    private final Extent extent;
    private final List<Stream> users = new ArrayList<>(0);

    /** @param home what {@code extent} is of */
    CudaBlock(CudaBacking backing, Segments home, Extent extent) {
        this.backing = backing;
        this.home = home;
        this.extent = extent;
    }

    Segments home() {
        return home;
    }

    Extent extent() {
        return extent;
    }

    @Override
    public CudaBuffer view(MemoryScope.Allocation owner, DType dtype, long count) {
        return new CudaBuffer(owner, this, dtype, count, extent.address());
    }

    CudaDevice device() {
        return backing.device();
    }

    /** Orders later work of {@code stream} behind what used this memory before, and keeps the memory until that work is done. */
    synchronized void sharedWith(Stream stream) {
        Stream compute = device().computeStream();
        if (stream != compute && !users.contains(stream)) {
            stream.waitFor(compute);
            users.add(stream);
        }
    }

    /** Events that come when the other streams are done with it; a closed one is. */
    synchronized List<Event> lastUses() {
        return users.stream().filter(Stream::isOpen).map(Stream::record).toList();
    }

    @Override
    public void giveBack() {
        backing.give(this);
    }
}
