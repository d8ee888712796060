package dev.panacea.runtime.bindings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Shared libraries that travel inside jars, unpacked once into the user's cache folder. */
public final class NativeLibraries {
    private NativeLibraries() { }

    /**
     * Unpacks {@code names} from the class path folder {@code resourceFolder}, unless an earlier run did, and gives the folder
     * they lie in.
     *
     * @throws IllegalStateException when a library is not on the class path: the machine is not Linux x86-64, or a jar is missing
     */
    public static Path unpack(String resourceFolder, String... names) {
        try {
            Path folder = cacheFolder().resolve(resourceFolder);
            Files.createDirectories(folder);
            for (String name : names) {
                unpack(resourceFolder + "/" + name, folder.resolve(name));
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("native libraries could not be unpacked", e);
        }
    }

    private static void unpack(String resource, Path target) throws IOException {
        var url = NativeLibraries.class.getClassLoader().getResource(resource);
        if (url == null) {
            throw new IllegalStateException("the native library " + resource + " is not on the class path");
        }
        var connection = url.openConnection();
        if (Files.exists(target) && Files.size(target) == connection.getContentLengthLong()) {
            return;
        }
        Path temporary = Files.createTempFile(target.getParent(), target.getFileName().toString(), ".part");
        try (InputStream in = connection.getInputStream()) {
            Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException("the cache folder " + target.getParent() + " cannot rename files", e);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** {@code $XDG_CACHE_HOME/panacea}, {@code ~/.cache/panacea}, or a folder for temporary files where neither can be written. */
    public static Path cacheFolder() throws IOException {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg != null && !xdg.isBlank() ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        Path folder = base.resolve("panacea");
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            Path fallback = Path.of(System.getProperty("java.io.tmpdir"), "panacea-" + System.getProperty("user.name"));
            return Files.createDirectories(fallback);
        }
    }
}
