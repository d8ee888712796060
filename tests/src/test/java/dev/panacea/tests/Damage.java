package dev.panacea.tests;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** What can be wrong with a file, done to it. */
final class Damage {
    private static final int LENGTH_BYTES = 8;
    private static final ObjectMapper JSON = new ObjectMapper();

    private Damage() { }

    static void truncate(Path file) {
        rewrite(file, bytes -> Arrays.copyOf(bytes, bytes.length / 2));
    }

    /** Overwrites bytes in the middle. */
    static void scratch(Path file) {
        rewrite(file, bytes -> {
            Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 16, (byte) 0xFF);
            return bytes;
        });
    }

    static void write(Path file, String content) {
        rewrite(file, bytes -> content.getBytes(StandardCharsets.UTF_8));
    }

    /** Replaces the first occurrence of {@code old}, which must be there. */
    static void replace(Path file, String old, String by) {
        replace(file, old.getBytes(StandardCharsets.UTF_8), by.getBytes(StandardCharsets.UTF_8));
    }

    static void replace(Path file, byte[] old, byte[] by) {
        rewrite(file, bytes -> {
            // Latin-1 gives every byte a character of its own
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            int place = text.indexOf(new String(old, StandardCharsets.ISO_8859_1));
            if (place < 0) {
                throw new IllegalArgumentException("what to replace is not in " + file);
            }
            ByteArrayOutputStream changed = new ByteArrayOutputStream();
            changed.write(bytes, 0, place);
            changed.writeBytes(by);
            changed.write(bytes, place + old.length, bytes.length - place - old.length);
            return changed.toByteArray();
        });
    }

    /** Changes the header of a safetensors file; the data stay. */
    static void header(Path file, Consumer<ObjectNode> change) {
        rewrite(file, bytes -> {
            int length = Math.toIntExact(little(bytes).getLong());
            ObjectNode header = parse(Arrays.copyOfRange(bytes, LENGTH_BYTES, LENGTH_BYTES + length));
            change.accept(header);
            byte[] changed = header.toString().getBytes(StandardCharsets.UTF_8);
            byte[] data = Arrays.copyOfRange(bytes, LENGTH_BYTES + length, bytes.length);
            return little(new byte[LENGTH_BYTES + changed.length + data.length]).putLong(changed.length).put(changed).put(data).array();
        });
    }

    /** Claims a header of so many bytes. */
    static void headerLength(Path file, long length) {
        rewrite(file, bytes -> little(bytes).putLong(length).array());
    }

    /** Puts a number at the end of the data of a safetensors file of F32. */
    static void lastFloat(Path file, float value) {
        rewrite(file, bytes -> little(bytes).putFloat(bytes.length - Float.BYTES, value).array());
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ObjectNode parse(byte[] json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void rewrite(Path file, UnaryOperator<byte[]> change) {
        try {
            Files.write(file, change.apply(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
