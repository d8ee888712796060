package dev.panacea.runtime.cuda;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A file of the cache of compiled code: the SHA-256 of all that follows it, then names, log and image. */
final class CacheEntry {
    private static final int HASH_BYTES = 32;

    private CacheEntry() { }

    /** The file's name: two sources share one only when all that decides the result is the same. */
    static String key(CudaSource source, String compilerVersion) {
        MessageDigest digest = sha256();
        add(digest, List.of("panacea-nvrtc-1", compilerVersion, source.form().name(), source.name(), source.text()));
        add(digest, source.options());
        add(digest, source.expressions());
        return HexFormat.of().formatHex(digest.digest());
    }

    // Counts and lengths keep the parts apart.
    private static void add(MessageDigest digest, List<String> parts) {
        digest.update((parts.size() + ":").getBytes(StandardCharsets.UTF_8));
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
        }
    }

    static byte[] bytes(CompiledCode code) {
        try {
            ByteArrayOutputStream contents = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(contents);
            out.writeInt(code.loweredNames().size());
            for (Map.Entry<String, String> name : code.loweredNames().entrySet()) {
                write(out, name.getKey().getBytes(StandardCharsets.UTF_8));
                write(out, name.getValue().getBytes(StandardCharsets.UTF_8));
            }
            write(out, code.log().getBytes(StandardCharsets.UTF_8));
            write(out, code.image());
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            file.writeBytes(sha256().digest(contents.toByteArray()));
            file.writeBytes(contents.toByteArray());
            return file.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** What {@code file} holds; empty where there is none or it is not what was written. */
    static Optional<CompiledCode> read(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length < HASH_BYTES) {
                return Optional.empty();
            }
            byte[] contents = Arrays.copyOfRange(bytes, HASH_BYTES, bytes.length);
            if (!Arrays.equals(sha256().digest(contents), Arrays.copyOf(bytes, HASH_BYTES))) {
                return Optional.empty();
            }
            return Optional.of(parse(new DataInputStream(new ByteArrayInputStream(contents))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static CompiledCode parse(DataInputStream in) throws IOException {
        Map<String, String> names = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            names.put(text(in), text(in));
        }
        String log = text(in);
        return new CompiledCode(in.readNBytes(in.readInt()), names, log);
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
