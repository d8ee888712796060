package dev.panacea.kernels.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** What the PTX of a CUDA source depends on: the compiler, the source, and the headers of this project that it includes, itself or not. */
final class SourceFingerprint {
    private static final Pattern INCLUDE = Pattern.compile("^\\s*#\\s*include\\s+\"([^\"]+)\"", Pattern.MULTILINE);

    private SourceFingerprint() { }

    static String of(String compiler, Path source) throws IOException {
        Set<Path> files = new LinkedHashSet<>();
        collect(source.normalize(), files);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(compiler.getBytes(StandardCharsets.UTF_8));
            for (Path file : files) {
                digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    // an include that is not there is left to the compiler, which says so
    private static void collect(Path file, Set<Path> files) throws IOException {
        if (!Files.exists(file) || !files.add(file)) {
            return;
        }
        for (String name : INCLUDE.matcher(Files.readString(file)).results().map(match -> match.group(1)).toList()) {
            collect(file.resolveSibling(name).normalize(), files);
        }
    }
}
