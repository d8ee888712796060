package dev.panacea.data.arrow;

import dev.panacea.data.ArrowForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * An Arrow file in the making, batch by batch. It takes its name only with {@link #commit}, whole and on disk; closed without that,
 * it leaves nothing behind.
 */
public final class ArrowOutput implements AutoCloseable {

    private final Path target;
    private final Path unfinished;
    private final BufferAllocator allocator = new RootAllocator();
    private final VectorSchemaRoot batch;
    private final FileChannel channel;
    private final ArrowWriter writer;

    public ArrowOutput(Path target, Schema schema, ArrowForm form) {
        this.target = target.toAbsolutePath();
        batch = VectorSchemaRoot.create(schema, allocator);
        try {
            unfinished = Files.createTempFile(this.target.getParent(), "." + target.getFileName(), ".part");
            channel = FileChannel.open(unfinished, StandardOpenOption.WRITE);
            writer = switch (form) {
                case FILE -> new ArrowFileWriter(batch, null, channel);
                case STREAM -> new ArrowStreamWriter(batch, null, channel);
            };
            writer.start();
        } catch (IOException e) {
            batch.close();
            allocator.close();
            throw new UncheckedIOException("cannot write " + target, e);
        }
    }

    /** The vectors to fill; emptied by {@link #write}. */
    public VectorSchemaRoot batch() {
        return batch;
    }

    /** Writes the first {@code rows} rows of the vectors as one record batch. */
    public void write(int rows) {
        try {
            batch.setRowCount(rows);
            writer.writeBatch();
            batch.clear();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target, e);
        }
    }

    public void commit() {
        try {
            writer.end();
            channel.force(true);
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel folder = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
                folder.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target, e);
        }
    }

    @Override
    public void close() {
        try {
            writer.close();
            batch.close();
            allocator.close();
            channel.close();
            Files.deleteIfExists(unfinished);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target, e);
        }
    }
}
