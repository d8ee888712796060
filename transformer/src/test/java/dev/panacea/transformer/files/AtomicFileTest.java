package dev.panacea.transformer.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    private Path folder;

    @Test
    void replacesTheWholeFile() throws IOException {
        Path file = folder.resolve("a/b.txt");
        AtomicFile.write(file, "a longer first text".getBytes());
        AtomicFile.write(file, "second".getBytes());
        assertEquals("second", Files.readString(file));
    }

    @Test
    void leavesTheOldFileWhenWritingFails() throws IOException {
        Path file = folder.resolve("b.txt");
        AtomicFile.write(file, "old".getBytes());
        UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> AtomicFile.write(file, channel -> {
            channel.write(ByteBuffer.wrap("half".getBytes()));
            throw new IOException("disk full");
        }));
        assertEquals(file + " could not be written: disk full", e.getMessage());
        assertEquals("old", Files.readString(file));
        try (var files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }
}
