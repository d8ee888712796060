package dev.panacea.runtime;

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
 * Work that is captured and replayed has segments of its own, see {@link ReplayArena}.
 *
 * <p>A simulated device, and any device with the system property {@code panacea.memory.pool=false}, keeps nothing: each piece is taken
 * from the driver by itself, exact to the byte, and given back at once, so that checkers of memory know its bounds, its fresh contents
 * and its end.
 */
final class CudaBacking implements Backing {

    /** Given back, but still used by streams until {@code uses} have come. */
    private record Waiting(CudaBlock block, List<Event> uses) {
        boolean isOver() {
            return uses.stream().allMatch(Event::isDone);
        }
    }

    /** Work under way that has its memory elsewhere than in the pool. */
    private record Within(Thread thread, Segments memory) { }

    private final CudaDevice device;
    private final PrimaryContext context;
    private final Stream compute;
    private final boolean keeps;
    private final Segments pool;
    private final List<Segments> arenas = new ArrayList<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private final Deque<CudaBlock> givenWhileCapturing = new ArrayDeque<>();
    private volatile Within within;

    CudaBacking(CudaDevice device, PrimaryContext context, Stream compute) {
        this.device = device;
        this.context = context;
        this.compute = compute;
        keeps = !device.isSimulated() && Boolean.parseBoolean(System.getProperty("panacea.memory.pool", "true"));
        pool = segments();
    }

    // on paper no kernel writes over what an earlier owner left
    private Segments segments() {
        return new Segments(context, compute, keeps, MemoryDebug.ON || device.isOnPaper());
    }

    CudaDevice device() {
        return device;
    }

    /** Empty segments beside the pool's. */
    Segments openArena() {
        Segments arena = segments();
        arenas.add(arena);
        return arena;
    }

    void closeArena(Segments arena) {
        arenas.remove(arena);
        arena.giveBack();
    }

    boolean hasArenas() {
        return !arenas.isEmpty();
    }

    /** Runs {@code work} with all memory that it takes on this thread from {@code arena}. */
    void within(Segments arena, Runnable work) {
        if (within != null) {
            throw new IllegalStateException("work in a replay arena of " + device.name() + " is under way already");
        }
        within = new Within(Thread.currentThread(), arena);
        try {
            work.run();
        } finally {
            within = null;
        }
    }

    private Segments home(boolean lasting) {
        Within now = within;
        return !lasting && now != null && now.thread == Thread.currentThread() ? now.memory : pool;
    }

    @Override
    public CudaBlock take(long bytes, boolean lasting) {
        Segments home = home(lasting);
        boolean capturing = compute.isCapturing();
        if (!capturing) {
            collect();
        }
        Extent extent = capturing && home == pool ? null : home.take(bytes);
        if (extent == null && capturing) {
            throw new IllegalStateException("memory of " + device.name() + " is asked for while its compute stream is captured; "
                + "take it before, as the graph must find it at every launch");
        }
        if (extent == null) {
            extent = reserve(home, bytes);
        }
        return extent == null ? null : new CudaBlock(this, home, extent);
    }

    // A full device may still have room once other streams are done, once unused segments went back, or for a smaller segment.
    private Extent reserve(Segments home, long bytes) {
        Extent extent = home.takeMapped(bytes);
        if (extent == null) {
            trim();
            extent = home.take(bytes);
        }
        if (extent == null) {
            extent = home.takeMapped(bytes);
        }
        return extent == null ? home.takeMappedAlone(bytes) : extent;
    }

    // What lies in an arena is reused by the captured work itself; what lies in the pool was there before the capture.
    void give(CudaBlock block) {
        if (compute.isCapturing() && block.home() == pool) {
            givenWhileCapturing.add(block);
            return;
        }
        List<Event> uses = block.lastUses();
        if (uses.isEmpty()) {
            free(block);
        } else {
            waiting.add(new Waiting(block, uses));
        }
    }

    private void collect() {
        while (!givenWhileCapturing.isEmpty()) {
            give(givenWhileCapturing.poll());
        }
        waiting.removeIf(one -> {
            boolean over = one.isOver();
            if (over) {
                one.uses.forEach(Event::close);
                free(one.block);
            }
            return over;
        });
    }

    private void free(CudaBlock block) {
        block.home().free(block.extent());
        if (!keeps && block.home() == pool) {
            pool.giveBack();
        }
    }

    @Override
    public void trim() {
        compute.synchronize();
        waiting.forEach(one -> one.uses.forEach(Event::synchronize));
        collect();
        pool.giveBack();
    }

    @Override
    public long reservedBytes() {
        return pool.bytes() + arenas.stream().mapToLong(Segments::bytes).sum();
    }

    @Override
    public long freeBytes() {
        return pool.freeBytes() + arenas.stream().mapToLong(Segments::freeBytes).sum();
    }

    @Override
    public long largestFreeBytes() {
        return pool.largestFreeBytes();
    }

    @Override
    public String room() {
        MemoryInfo info = context.driver().memoryInfo();
        return "the card has " + info.free() + " of its " + info.total() + " bytes free";
    }
}
