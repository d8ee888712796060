package dev.panacea.runtime.cuda;

import dev.panacea.runtime.bindings.CStub;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The stand-in for cuBLAS, dressed as libcublas.so.12 so that JCuda's natives take it too: with that name and symbol version, and with
 * all the functions that they were linked to.
 */
final class CublasStub {
    private static final String NATIVES = "libJCublas2-12.6.0-linux-x86_64.so";
    private static final Pattern SYMBOL = Pattern.compile("\\b(cublas\\w+)");

    private CublasStub() { }

    static CStub compile(Path folder) {
        try {
            Set<String> missing = functions("--undefined-only", natives(folder));
            missing.removeAll(functions("--defined-only", CStub.compile("cublas", folder).file()));
            Path rest = Files.writeString(folder.resolve("rest.c"),
                missing.stream().map(name -> "int " + name + "(void) { return 15; }\n").collect(Collectors.joining()));
            Path versions = Files.writeString(folder.resolve("versions"), "libcublas.so.12 { global: *; };\n");
            return CStub.compile("cublas", Files.createDirectories(folder.resolve("12")), rest.toString(),
                "-Wl,-soname,libcublas.so.12", "-Wl,--version-script=" + versions);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path natives(Path folder) throws IOException {
        try (InputStream in = CublasStub.class.getResourceAsStream("/lib/" + NATIVES)) {
            return Files.write(folder.resolve(NATIVES), in.readAllBytes());
        }
    }

    private static Set<String> functions(String kind, Path library) {
        String listing = CStub.run(List.of("nm", "-D", kind, library.toString()), "JCuda's natives need a complete stand-in");
        return listing.lines().map(SYMBOL::matcher).filter(matcher -> matcher.find()).map(matcher -> matcher.group(1))
            .collect(Collectors.toSet());
    }
}
