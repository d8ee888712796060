package dev.panacea.transformer.weights;

import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.cuda.Event;
import dev.panacea.runtime.cuda.PinnedMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * All tensors of a model on their way to a CUDA device. Several threads take pieces in turn, check and convert each into page-locked
 * memory, and hand it to the bus while they work on their next: so the file, the conversion and the bus are busy at once, and the host
 * never holds a tensor as a whole.
 */
final class ModelUpload {
    /** 4 MiB of BF16: enough for the bus's full rate. */
    private static final long PIECE = 1L << 21;
    /** So many read faster than any disk or bus. */
    private static final int MOST_THREADS = 8;

    /** Where a tensor goes. */
    record Item(FloatTensor from, CudaBuffer to) { }

    private record Piece(Item item, long at, long count) { }

    private final CudaDevice device;
    private final boolean requireFinite;
    private final List<Piece> pieces = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private final ConcurrentSkipListMap<Integer, Throwable> failures = new ConcurrentSkipListMap<>();

    private ModelUpload(CudaDevice device, List<Item> items, boolean requireFinite) {
        this.device = device;
        this.requireFinite = requireFinite;
        for (Item item : items) {
            for (long at = 0; at < item.to.count(); at += PIECE) {
                pieces.add(new Piece(item, at, Math.min(PIECE, item.to.count() - at)));
            }
        }
    }

    /**
     * Returns when everything has been read and is on its way in the order of the compute stream.
     *
     * @throws dev.panacea.runtime.BadInputException for the first element of the first tensor that is not finite, where that is asked
     */
    static void run(CudaDevice device, List<Item> items, boolean requireFinite) {
        new ModelUpload(device, items, requireFinite).run();
    }

    private void run() {
        int count = Math.min(Math.min(Runtime.getRuntime().availableProcessors(), MOST_THREADS), pieces.size());
        List<Thread> threads = IntStream.range(1, count)
            .mapToObj(i -> Thread.ofPlatform().name("panacea-upload-" + i).start(this::work)).toList();
        work();
        threads.forEach(ModelUpload::await);
        switch (failures.isEmpty() ? null : failures.firstEntry().getValue()) {
            case null -> { }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    /** Pieces are taken in their order, so whatever is before one that fails has been taken too, and the first failure is found. */
    private void work() {
        int number = pieces.size();
        try (Slot one = new Slot(device); Slot other = new Slot(device)) {
            Slot idle = one;
            for (number = next.getAndIncrement(); number < pieces.size() && failures.isEmpty(); number = next.getAndIncrement()) {
                idle.send(pieces.get(number), requireFinite);
                idle = idle == one ? other : one;
            }
        } catch (Throwable e) {
            failures.put(number, e);
        }
    }

    private static void await(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                // what it reads from must stay mapped until it is done
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Page-locked memory of one piece, taken at its first use. */
    private static final class Slot implements AutoCloseable {
        private final CudaDevice device;
        private final PinnedMemory pinned;
        private final Event sent;
        private MemorySegment room = MemorySegment.NULL;

        Slot(CudaDevice device) {
            this.device = device;
            pinned = new PinnedMemory(device.context());
            sent = new Event(device.context(), false);
        }

        void send(Piece piece, boolean requireFinite) {
            if (requireFinite) {
                piece.item.from.requireFinite(piece.at, piece.count);
            }
            MemorySegment converted = idle(piece.count * piece.item.to.dtype().bytes());
            piece.item.from.copy(piece.at, piece.count, converted, piece.item.to.dtype());
            piece.item.to.slice(piece.at, piece.count).copyFrom(converted, device.computeStream());
            sent.record(device.computeStream());
        }

        private MemorySegment idle(long bytes) {
            sent.synchronize();
            if (room.byteSize() < bytes) {
                room = pinned.allocate(bytes);
            }
            return room.asSlice(0, bytes);
        }

        @Override
        public void close() {
            sent.synchronize();
            sent.close();
            pinned.close();
        }
    }
}
