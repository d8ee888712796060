package dev.panacea.data.source;

import dev.panacea.runtime.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Documents for language modelling, one after the other. */
public sealed interface TextSource {

    /**
     * Hands every document that is not empty to {@code consumer}, in order.
     *
     * @throws BadInputException when a file is missing, damaged or not of this form
     */
    void forEach(Consumer<String> consumer);

    /** Plain UTF-8 text, gzip or not: each file is one document. */
    record Plain(List<Path> files) implements TextSource {

        private static final int LONGEST_BYTES = 1 << 30;

        public Plain {
            files = List.copyOf(files);
        }

        @Override
        public void forEach(Consumer<String> consumer) {
            for (Path file : files) {
                String text = read(file);
                if (!text.isEmpty()) {
                    consumer.accept(text);
                }
            }
        }

        private static String read(Path file) {
            try (InputStream in = Rows.open(file)) {
                byte[] bytes = in.readNBytes(LONGEST_BYTES);
                if (in.read() >= 0) {
                    throw new BadInputException("The text file " + file + " is longer than " + LONGEST_BYTES
                        + " bytes; part it into smaller files.");
                }
                return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            } catch (CharacterCodingException e) {
                throw new BadInputException("The text file " + file + " is not UTF-8; convert it first.", e);
            } catch (IOException e) {
                throw new BadInputException("The text file " + file + " cannot be read (" + e.getMessage() + ").", e);
            }
        }
    }

    /** One string field of the rows of JSON, JSON-lines or Arrow files: each row is a document. */
    record Field(List<Path> files, String field) implements TextSource {

        public Field {
            files = List.copyOf(files);
        }

        @Override
        public void forEach(Consumer<String> consumer) {
            Rows.forEach(files, row -> {
                String text = row.text(field);
                if (!text.isEmpty()) {
                    consumer.accept(text);
                }
            });
        }
    }
}
