package dev.panacea.runtime.cuda;

import dev.panacea.runtime.bindings.CStub;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The stand-in for cuBLAS, dressed as libcublas.so.12 so that JCuda's natives take it too: with that name and symbol version, and with
 * all the functions that they were linked to.
 */
final class CublasStub {
    private static final String NATIVES = "libJCublas2-12.6.0-linux-x86_64.so";
    private static final Pattern SYMBOL = Pattern.compile("\\b(cublas\\w+)");

    private static final String PURPOSE = "JCuda's natives need a complete stand-in for cuBLAS";

    private static CStub shared;

    private CublasStub() { }

    /** One for the whole process: JCuda's natives stay with the first library of that name. */
    static synchronized CStub shared() {
        if (shared == null) {
            CStub.run(List.of("gcc", "--version"), PURPOSE);
            CStub.run(List.of("nm", "--version"), PURPOSE);
            shared = compile();
        }
        return shared;
    }

    private static CStub compile() {
        try {
            Path folder = Files.createTempDirectory("cublas-stub");
            Set<String> missing = functions("--undefined-only", natives(folder));
            missing.removeAll(functions("--defined-only", CStub.compile("cublas", folder).file()));
            Path rest = Files.writeString(folder.resolve("rest.c"),
                missing.stream().map(name -> "int " + name + "(void) { return 15; }\n").collect(Collectors.joining()));
            Path versions = Files.writeString(folder.resolve("versions"), "libcublas.so.12 { global: *; };\n");
            CStub stub = CStub.compile("cublas", Files.createDirectories(folder.resolve("12")), rest.toString(),
                "-Wl,-soname,libcublas.so.12", "-Wl,--version-script=" + versions);
            deleteAtExit(folder);
            return stub;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // The files are opened by name for as long as tests run.
    private static void deleteAtExit(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.map(Path::toFile).forEach(File::deleteOnExit);
        }
    }

    private static Path natives(Path folder) throws IOException {
        try (InputStream in = CublasStub.class.getResourceAsStream("/lib/" + NATIVES)) {
            return Files.write(folder.resolve(NATIVES), in.readAllBytes());
        }
    }

    private static Set<String> functions(String kind, Path library) {
        String listing = CStub.run(List.of("nm", "-D", kind, library.toString()), PURPOSE);
        return listing.lines().map(SYMBOL::matcher).filter(matcher -> matcher.find()).map(matcher -> matcher.group(1))
            .collect(Collectors.toSet());
    }
}
