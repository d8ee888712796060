package dev.panacea.transformer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Real weights and tokenizers, where the environment variable {@code PANACEA_FIXTURES} names a folder of them. */
public final class Fixtures {
    private Fixtures() { }

    /** A file or folder of the fixtures; the calling test is skipped without it. */
    public static Path path(String name) {
        String folder = System.getenv("PANACEA_FIXTURES");
        assumeTrue(folder != null && !folder.isBlank(), "needs " + name + " of the fixtures: set PANACEA_FIXTURES to their folder");
        Path path = Path.of(folder, name);
        assumeTrue(Files.exists(path), "PANACEA_FIXTURES has no " + name);
        return path;
    }
}
