package dev.panacea.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The checkout that is being tested. */
final class Repository {
    static final List<String> MODULES = List.of("runtime", "kernels", "autograd", "transformer", "panacea", "bench", "tests");

    private Repository() { }

    /** The folder of the root pom; the build starts tests in their module's folder. */
    static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("bin/panacea"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException("not started inside a checkout");
            }
        }
        return folder;
    }

    /** Every Java source of every module, tests included. */
    static List<Path> javaSources() {
        return MODULES.stream().map(module -> root().resolve(module).resolve("src")).filter(Files::exists).flatMap(source -> {
            try (Stream<Path> files = Files.walk(source)) {
                return files.filter(file -> file.toString().endsWith(".java")).sorted().toList().stream();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }).toList();
    }
}
