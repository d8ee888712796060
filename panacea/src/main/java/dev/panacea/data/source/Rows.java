package dev.panacea.data.source;

import dev.panacea.runtime.BadInputException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The rows of a file, whatever it is: its first bytes tell gzip, Arrow, a JSON array and JSON lines apart, not its name.
 * A folder stands for the Arrow files in it, as Hugging Face {@code save_to_disk} leaves them.
 */
final class Rows {

    private static final int BUFFER_BYTES = 1 << 16;
    private static final byte[] GZIP = {0x1f, (byte) 0x8b};
    private static final byte[] PARQUET = {'P', 'A', 'R', '1'};
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private Rows() { }

    /**
     * Hands every row to {@code consumer} in order, without holding them all.
     *
     * @throws BadInputException when the file cannot be read or is not what it seems
     */
    static void forEach(Path path, Consumer<Row> consumer) {
        try {
            if (Files.isDirectory(path)) {
                arrowFilesIn(path).forEach(file -> ArrowRows.forEach(file, consumer));
            } else if (ArrowRows.recognises(path)) {
                ArrowRows.forEach(path, consumer);
            } else {
                forEachJson(path, consumer);
            }
        } catch (NoSuchFileException e) {
            throw new BadInputException("There is no data file " + path + ".", e);
        } catch (ZipException | EOFException e) {
            throw new BadInputException("The gzip file " + path + " is damaged or cut short (" + e.getMessage() + ").", e);
        } catch (IOException e) {
            throw new BadInputException("The data file " + path + " cannot be read (" + e.getMessage() + ").", e);
        }
    }

    static void forEach(List<Path> paths, Consumer<Row> consumer) {
        for (Path path : paths) {
            forEach(path, consumer);
        }
    }

    /** The bytes of {@code path}, decompressed where they are gzip, without a byte-order mark. */
    static InputStream open(Path path) throws IOException {
        BufferedInputStream raw = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES);
        try {
            if (!startsWith(raw, GZIP)) {
                return withoutMark(raw);
            }
            return withoutMark(new BufferedInputStream(new GZIPInputStream(raw, BUFFER_BYTES), BUFFER_BYTES));
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    private static void forEachJson(Path path, Consumer<Row> consumer) throws IOException {
        String name = String.valueOf(path.getFileName());
        try (InputStream in = open(path)) {
            if (startsWith(in, PARQUET)) {
                throw new BadInputException("The data file " + path + " is Parquet; convert it to JSON lines or Arrow first.");
            }
            if (firstVisible(in) == '[') {
                JsonArray.forEach(in, name, consumer);
            } else {
                JsonLines.forEach(in, name, consumer);
            }
        }
    }

    private static List<Path> arrowFilesIn(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> files = entries.filter(file -> file.toString().endsWith(".arrow")).sorted().toList();
            if (files.isEmpty()) {
                throw new BadInputException("The folder " + folder + " holds no .arrow file; name a data file instead.");
            }
            return files;
        }
    }

    private static InputStream withoutMark(InputStream in) throws IOException {
        if (startsWith(in, BYTE_ORDER_MARK)) {
            in.skipNBytes(BYTE_ORDER_MARK.length);
        }
        return in;
    }

    private static boolean startsWith(InputStream in, byte[] magic) throws IOException {
        in.mark(magic.length);
        byte[] head = in.readNBytes(magic.length);
        in.reset();
        return Arrays.equals(head, magic);
    }

    private static int firstVisible(InputStream in) throws IOException {
        in.mark(BUFFER_BYTES);
        int c = in.read();
        for (int seen = 1; seen < BUFFER_BYTES && c >= 0 && Character.isWhitespace(c); seen++) {
            c = in.read();
        }
        in.reset();
        return c;
    }
}
