package dev.panacea.runtime;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes a file so that its name never stands for half of it: the bytes go to a temporary name in the same folder, reach the
 * disk, and only then take the name, whatever instant the process or the machine stops at.
 */
public final class AtomicFile {

    /** What writes the contents. */
    @FunctionalInterface
    public interface Contents<T> {
        void writeTo(T sink) throws IOException;
    }

    private static final Pattern UNFINISHED = Pattern.compile("\\..+\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.part");

    private AtomicFile() { }

    /**
     * Replaces {@code target} by what {@code contents} writes to a buffered stream.
     *
     * @throws BadInputException when the folder does not exist, cannot be written or is full; an older target then stays as it was
     */
    public static void write(Path target, Contents<OutputStream> contents) {
        writeChannel(target, channel -> {
            OutputStream stream = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            contents.writeTo(stream);
            stream.flush();
        });
    }

    /** {@link #write} for contents that choose their own positions; the channel can be read too. */
    public static void writeChannel(Path target, Contents<FileChannel> contents) {
        Path folder = target.toAbsolutePath().getParent();
        if (folder == null || target.getFileName() == null) {
            throw new BadInputException(target + " is no name of a file that could be written");
        }
        try {
            // Not createTempFile: that would give the file to its owner alone.
            Path temporary = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
            try {
                writeAndSync(temporary, contents);
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
            syncFolder(folder);
        } catch (IOException e) {
            throw new BadInputException("cannot write " + target + " (" + IoReason.of(e) + "): check that its folder exists, "
                + "may be written and has room", e);
        }
    }

    /** Deletes what killed processes left half written in {@code folder}; nobody may be writing there. */
    public static void deleteUnfinished(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> UNFINISHED.matcher(path.getFileName().toString()).matches()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static void writeAndSync(Path file, Contents<FileChannel> contents) throws IOException {
        try (FileChannel channel = FileChannel.open(file, CREATE_NEW, READ, WRITE)) {
            contents.writeTo(channel);
            channel.force(true);
        }
    }

    // The rename itself is on disk only when the folder is.
    private static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, READ)) {
            channel.force(true);
        }
    }
}
