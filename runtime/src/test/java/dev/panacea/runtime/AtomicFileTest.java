package dev.panacea.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    private Path folder;

    private List<Path> files() throws IOException {
        try (var list = Files.list(folder)) {
            return list.toList();
        }
    }

    @Test
    void writesAndReplaces() throws IOException {
        Path target = folder.resolve("metrics.json");
        for (int size : List.of(0, 10, 300_000, 7)) {
            byte[] bytes = new byte[size];
            new Random(size).nextBytes(bytes);
            AtomicFile.write(target, out -> out.write(bytes));
            assertEquals(ByteBuffer.wrap(bytes), ByteBuffer.wrap(Files.readAllBytes(target)));
            assertEquals(List.of(target), files());
        }
    }

    @Test
    void aChannelMayWriteOutOfOrder() throws IOException {
        Path target = folder.resolve("weights.bin");
        AtomicFile.writeChannel(target, channel -> {
            channel.write(ByteBuffer.wrap("tail".getBytes(StandardCharsets.US_ASCII)), 4);
            channel.write(ByteBuffer.wrap("head".getBytes(StandardCharsets.US_ASCII)), 0);
        });
        assertEquals("headtail", Files.readString(target));
    }

    @Test
    void theOldFileStaysUntilTheNewOneIsWhole() throws IOException {
        Path target = folder.resolve("state");
        Files.writeString(target, "old");
        AtomicFile.write(target, out -> {
            out.write(new byte[1 << 20]);
            assertEquals("old", Files.readString(target));
        });
        assertEquals(1 << 20, Files.size(target));
    }

    @Test
    void aFailureHalfwayLeavesNothingBehind() throws IOException {
        Path target = folder.resolve("state");
        Files.writeString(target, "old");
        var failure = new IllegalStateException("the tensor is not there");
        var thrown = assertThrows(IllegalStateException.class, () -> AtomicFile.write(target, out -> {
            out.write(new byte[1 << 20]);
            throw failure;
        }));
        assertEquals(failure, thrown);
        assertEquals(List.of(target), files());
        assertEquals("old", Files.readString(target));
    }

    @Test
    void sayWhatToDoWhereNothingCanBeWritten() throws IOException {
        Path missing = folder.resolve("no/such/folder/file");
        var thrown = assertThrows(BadInputException.class, () -> AtomicFile.write(missing, out -> out.write(1)));
        assertTrue(thrown.getMessage().startsWith("cannot write " + missing + " (NoSuchFile"), thrown.getMessage());
        Path occupied = Files.createDirectories(folder.resolve("full/of"));
        assertThrows(BadInputException.class, () -> AtomicFile.write(occupied.getParent(), out -> out.write(1)));
        assertThrows(BadInputException.class, () -> AtomicFile.write(Path.of("/"), out -> out.write(1)));
    }
}
