package dev.panacea.transformer.weights;

import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.cuda.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Elements of a file on their way to a CUDA device, piece by piece: the host never holds a converted tensor as a whole. */
final class FloatUpload {
    /** 2 MiB of BF16, which stay in a core's cache between conversion and copy. */
    private static final long PIECE = 1L << 20;

    private FloatUpload() { }

    /** As {@link FloatCopy#copy}; returns when all of {@code from} has been read, and arrives in the order of the compute stream. */
    static void copy(MemorySegment from, DType fromType, CudaBuffer to) {
        Stream stream = to.device().computeStream();
        if (fromType == to.dtype()) {
            to.copyFrom(from, stream);
            return;
        }
        long read = fromType.bytes();
        long written = to.dtype().bytes();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment room = arena.allocate(Math.min(PIECE, to.count()) * written, Long.BYTES);
            for (long at = 0; at < to.count(); at += PIECE) {
                long count = Math.min(PIECE, to.count() - at);
                MemorySegment converted = room.asSlice(0, count * written);
                FloatCopy.copy(from.asSlice(at * read, count * read), fromType, converted, to.dtype(), count);
                to.slice(at, count).copyFrom(converted, stream);
            }
        }
    }
}
