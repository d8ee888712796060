package dev.panacea.data.source;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.data.ArrowForm;
import dev.panacea.data.PreferencePair;
import dev.panacea.data.PreferenceSet;
import dev.panacea.data.tokenized.TokenLimits;
import dev.panacea.data.tokenized.TokenizedPairs;
import dev.panacea.data.tokenized.Tokenizing;
import dev.panacea.data.tokenized.Vocabulary;
import dev.panacea.runtime.BadInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files give data or a {@link BadInputException}, never anything else: no other exception, no crash, no endless loop. */
class DamagedInputTest {

    private static final int MUTATIONS = 500;
    private static final String LINES = """
        {"prompt":"p","chosen":"x","rejected":"y","dimension":"a"}
        {"prompt":[{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"x"}],\
        "rejected":[{"role":"assistant","content":"\\u00e9"}],"dimension":"b"}
        """;

    @TempDir
    private Path folder;

    private interface Reading {
        void read(Path file);
    }

    private static void readText(Path file) {
        new ChosenRejected(List.of("a", "b"), List.of(new ChosenRejected.Input(file, Optional.empty())), PromptTemplate.DIALOGUE).read();
    }

    private static void readTokens(Path file) {
        try (TokenizedPairs pairs = TokenizedPairs.open(file)) {
            for (int row = 0; row < pairs.size(); row++) {
                pairs.id(row);
                pairs.prompt(row);
                pairs.response(row, 0);
                pairs.response(row, 1);
                pairs.labels(row);
            }
        }
    }

    /** How many of the damaged files were refused. */
    private int refused(byte[] whole, long seed, Reading reading) throws IOException {
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            Path file = Files.write(folder.resolve("damaged"), damaged(whole, random));
            try {
                reading.read(file);
            } catch (BadInputException e) {
                refused++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("mutation " + i + " of seed " + seed, e);
            }
        }
        return refused;
    }

    private static byte[] damaged(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        for (int change = random.nextInt(4); change >= 0; change--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[at] = (byte) random.nextInt(256);
                case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), (byte) (random.nextInt(3) - 1));
                default -> {
                    int from = random.nextInt(bytes.length);
                    System.arraycopy(bytes, from, bytes, at, Math.min(16, bytes.length - Math.max(at, from)));
                }
            }
        }
        return bytes;
    }

    private byte[] arrow(ArrowForm form) throws IOException {
        PreferenceSet set = new PreferenceSet(List.of("a", "b"), List.of(
            new PreferencePair("1", "prompt", "one", "two", new byte[] {1, -1}),
            new PreferencePair("2", "other", "three", "four", new byte[] {0, 1})));
        Tokenizing tokenizing = new Tokenizing(text -> text.chars().map(c -> c & 127).toArray(), new Vocabulary("ascii", 130, 128, 129),
            new TokenLimits(8, 8));
        Path file = folder.resolve("whole.arrow");
        TokenizedPairs.write(set, tokenizing, file, form);
        return Files.readAllBytes(file);
    }

    @Test
    void jsonLines() throws IOException {
        assertTrue(refused(LINES.getBytes(StandardCharsets.UTF_8), 1, DamagedInputTest::readText) > MUTATIONS / 2);
    }

    @Test
    void jsonArrays() throws IOException {
        String array = "[" + LINES.strip().replace("\n", ",\n") + "]";
        assertTrue(refused(array.getBytes(StandardCharsets.UTF_8), 2, DamagedInputTest::readText) > MUTATIONS / 2);
    }

    @Test
    void gzip() throws IOException {
        assertTrue(refused(DataFiles.gzip(LINES), 3, DamagedInputTest::readText) > MUTATIONS / 2);
    }

    @Test
    void arrowFiles() throws IOException {
        assertTrue(refused(arrow(ArrowForm.FILE), 4, DamagedInputTest::readTokens) > MUTATIONS / 4);
        refused(arrow(ArrowForm.FILE), 5, file -> Rows.forEach(file, row -> { }));
    }

    @Test
    void arrowStreams() throws IOException {
        assertTrue(refused(arrow(ArrowForm.STREAM), 6, DamagedInputTest::readTokens) > MUTATIONS / 4);
        refused(arrow(ArrowForm.STREAM), 7, file -> Rows.forEach(file, row -> { }));
    }
}
