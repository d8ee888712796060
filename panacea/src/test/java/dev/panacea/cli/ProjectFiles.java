package dev.panacea.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of the checkout, beside which the module lies that a test runs in. */
final class ProjectFiles {
    private ProjectFiles() { }

    static String read(String name) {
        try {
            return Files.readString(Path.of("..", name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
