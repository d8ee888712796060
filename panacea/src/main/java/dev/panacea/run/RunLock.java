package dev.panacea.run;

import dev.panacea.runtime.BadInputException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps a run folder to one writer. The lock is the operating system's, so it goes with a killed process. */
final class RunLock implements AutoCloseable {

    // Closing any channel of a file drops the process's lock on it, so a second attempt in one process must not even open it.
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private RunLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Locks an existing folder; one that another run holds is a {@link BadInputException}. */
    static RunLock on(Path folder) throws IOException {
        Path file = folder.toRealPath().resolve("run.lock");
        if (!HELD_HERE.add(file)) {
            throw held(folder);
        }
        FileChannel channel = null;
        FileLock lock = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            lock = channel.tryLock();
        } finally {
            if (lock == null) {
                HELD_HERE.remove(file);
                if (channel != null) {
                    channel.close();
                }
            }
        }
        if (lock == null) {
            throw held(folder);
        }
        return new RunLock(file, channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        HELD_HERE.remove(file);
    }

    private static BadInputException held(Path folder) {
        return new BadInputException("the run folder " + folder + " is in use by another run; wait for it, or give another folder");
    }
}
