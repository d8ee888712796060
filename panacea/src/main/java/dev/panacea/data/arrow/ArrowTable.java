package dev.panacea.data.arrow;

import dev.panacea.runtime.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * An Arrow IPC file or stream, told apart by its first bytes. The file is mapped and its columns are views of the map, so opening
 * reads only metadata and offsets, and the operating system pages in what is used. arrow-vector is not involved: it would copy every
 * batch and trust what the file says about lengths. Reading after {@link #close} is an {@code IllegalStateException}.
 */
public final class ArrowTable implements AutoCloseable {

    private static final byte[] CONTINUATION = {-1, -1, -1, -1};

    private final Path file;
    private final Arena arena;
    private final ArrowContent content;

    private ArrowTable(Path file, Arena arena, ArrowContent content) {
        this.file = file;
        this.arena = arena;
        this.content = content;
    }

    /**
     * @throws BadInputException when the file cannot be read, is damaged, or uses types or compression that are not supported
     */
    public static ArrowTable open(Path file) {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment map = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            return new ArrowTable(file, arena, ArrowContent.decode(map, new ArrowFault(file)));
        } catch (NoSuchFileException e) {
            arena.close();
            throw new BadInputException("There is no Arrow file " + file + ".", e);
        } catch (IOException e) {
            arena.close();
            throw new BadInputException("The Arrow file " + file + " cannot be read (" + e.getMessage() + ").", e);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** Whether the first bytes of {@code file} are those of an Arrow file or stream. */
    public static boolean recognises(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(ArrowContent.MAGIC.length);
            return Arrays.equals(head, ArrowContent.MAGIC)
                || Arrays.equals(Arrays.copyOf(head, CONTINUATION.length), CONTINUATION);
        }
    }

    public List<ArrowBatch> batches() {
        return content.batches();
    }

    public List<String> columns() {
        return content.schema().fields().stream().map(ArrowField::name).toList();
    }

    /** The schema's own metadata. */
    public Map<String, String> metadata() {
        return content.schema().metadata();
    }

    /** That this file is well-formed Arrow but not what is needed. */
    public BadInputException unusable(String why) {
        return new ArrowFault(file).unusable(why);
    }

    @Override
    public void close() {
        arena.close();
    }
}
