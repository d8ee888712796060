package dev.panacea.data.tokenized;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.data.ArrowForm;
import dev.panacea.data.Demonstration;
import dev.panacea.data.DemonstrationSet;
import dev.panacea.data.PreferencePair;
import dev.panacea.data.PreferenceSet;
import dev.panacea.data.ReadReport;
import dev.panacea.runtime.BadInputException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TokenizedPairsTest {

    private static final Tokenizing TOKENIZING = Bytes.tokenizing(40, 30);

    @TempDir
    private Path folder;

    private static PreferenceSet random(int pairs) {
        Random random = new Random(pairs);
        List<PreferencePair> list = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            list.add(new PreferencePair("id " + i, "é".repeat(random.nextInt(30)), "x".repeat(1 + random.nextInt(20)),
                "y".repeat(1 + random.nextInt(40)), new byte[] {(byte) (random.nextInt(3) - 1), 1, -1}));
        }
        return new PreferenceSet(List.of("helpful", "harm\"less", "brief"), list);
    }

    private Path written(PreferenceSet set, ArrowForm form) {
        Path file = folder.resolve("pairs-" + form + ".arrow");
        assertEquals(set.size(), TokenizedPairs.write(set, TOKENIZING, file, form).kept());
        return file;
    }

    /** More rows than a record batch has, so that rows are looked up across batches. */
    @ParameterizedTest
    @EnumSource
    void whatIsWrittenIsRead(ArrowForm form) {
        PreferenceSet set = random(2500);
        try (TokenizedPairs pairs = TokenizedPairs.open(written(set, form))) {
            assertEquals(new TokenizedHeader(set.dimensions(), Bytes.VOCABULARY, TOKENIZING.limits()), pairs.header());
            assertEquals(2500, pairs.size());
            for (int row : new int[] {2499, 0, 1023, 1024, 2047, 2048, 777}) {
                PreferencePair pair = set.pairs().get(row);
                assertEquals(pair.id(), pairs.id(row));
                assertArrayEquals(TOKENIZING.prompt(pair.prompt()), pairs.prompt(row));
                assertArrayEquals(TOKENIZING.response(pair.response0()), pairs.response(row, 0));
                assertArrayEquals(TOKENIZING.response(pair.response1()), pairs.response(row, 1));
                assertEquals(pairs.prompt(row).length, pairs.promptLength(row));
                assertEquals(2 * pairs.prompt(row).length + pairs.response(row, 0).length + pairs.response(row, 1).length,
                    pairs.tokens(row));
                assertArrayEquals(pair.labels(), pairs.labels(row));
            }
            assertThrows(IndexOutOfBoundsException.class, () -> pairs.prompt(2500));
            assertThrows(IndexOutOfBoundsException.class, () -> pairs.label(0, 3));
        }
    }

    @Test
    void arrowsOwnReaderAgrees() throws Exception {
        PreferenceSet set = random(1500);
        try (FileChannel channel = FileChannel.open(written(set, ArrowForm.FILE)); RootAllocator allocator = new RootAllocator();
            ArrowFileReader reader = new ArrowFileReader(channel, allocator)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            assertEquals("bytes-1", root.getSchema().getCustomMetadata().get("panacea.tokenizer"));
            int row = 0;
            while (reader.loadNextBatch()) {
                for (int i = 0; i < root.getRowCount(); i++, row++) {
                    PreferencePair pair = set.pairs().get(row);
                    List<Integer> prompt = Arrays.stream(TOKENIZING.prompt(pair.prompt())).boxed().toList();
                    assertEquals(prompt, root.getVector("prompt").getObject(i));
                    assertEquals(List.of(pair.label(0), pair.label(1), pair.label(2)), root.getVector("labels").getObject(i));
                    assertEquals(pair.id(), root.getVector("id").getObject(i).toString());
                }
            }
            assertEquals(1500, row);
        }
    }

    @Test
    void pairsThatTokenisingRuinsAreDropped() {
        byte[] label = {1};
        PreferenceSet set = new PreferenceSet(List.of("a"), List.of(new PreferencePair("1", "p", "x", "y", label),
            new PreferencePair("2", "p", "x".repeat(31), "x".repeat(32), label), new PreferencePair("3", "p", "", "y", label),
            new PreferencePair("4", "", "x", "y", label)));
        Tokenizing withoutBos = new Tokenizing(Bytes::encode, Bytes.WITHOUT_BOS, new TokenLimits(40, 30));
        Path file = folder.resolve("few.arrow");
        assertEquals(new ReadReport(4, 1, Map.of(TokenizedPairs.IDENTICAL, 1L, TokenizedPairs.EMPTY_RESPONSE, 1L,
            TokenizedPairs.EMPTY_PROMPT, 1L)), TokenizedPairs.write(set, withoutBos, file, ArrowForm.FILE));
        PreferenceSet ruined = new PreferenceSet(List.of("a"), set.pairs().subList(1, 4));
        Path absent = folder.resolve("none.arrow");
        assertThrows(BadInputException.class, () -> TokenizedPairs.write(ruined, withoutBos, absent, ArrowForm.FILE));
        assertFalse(Files.exists(absent));
    }

    @Test
    void anUnfinishedFileLeavesTheOldOne() throws Exception {
        Path file = written(random(5), ArrowForm.FILE);
        byte[] before = Files.readAllBytes(file);
        Tokenizing breaking = new Tokenizing(text -> new int[] {-1}, Bytes.VOCABULARY, TOKENIZING.limits());
        assertThrows(IllegalStateException.class, () -> TokenizedPairs.write(random(3), breaking, file, ArrowForm.FILE));
        assertArrayEquals(before, Files.readAllBytes(file));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(file), left.toList());
        }
    }

    @Test
    void everyTruncationIsRefused() throws Exception {
        byte[] whole = Files.readAllBytes(written(random(3), ArrowForm.FILE));
        for (int length = 0; length < whole.length; length += 7) {
            Path cut = Files.write(folder.resolve("cut.arrow"), Arrays.copyOf(whole, length));
            assertThrows(BadInputException.class, () -> TokenizedPairs.open(cut).close(), "cut to " + length);
        }
    }

    @Test
    void tokensOutOfRangeAreRefused() throws Exception {
        PreferenceSet set = new PreferenceSet(List.of("a"), List.of(new PreferencePair("1", "pqrs", "x", "y", new byte[] {1})));
        Path file = written(set, ArrowForm.FILE);
        byte[] bytes = Files.readAllBytes(file);
        // the prompt's ids lie in the file as they are in memory
        int at = indexOf(bytes, new byte[] {'p' + 2, 0, 0, 0, 'q' + 2, 0, 0, 0});
        bytes[at + 3] = 1;
        Path wrong = Files.write(folder.resolve("wrong.arrow"), bytes);
        try (TokenizedPairs pairs = TokenizedPairs.open(wrong)) {
            BadInputException e = assertThrows(BadInputException.class, () -> pairs.prompt(0));
            assertTrue(e.getMessage().contains("vocabulary of 258"), e.getMessage());
        }
    }

    @Test
    void labelsOutOfRangeAreRefused() throws Exception {
        byte[] bytes = Files.readAllBytes(written(random(3), ArrowForm.FILE));
        // three rows of three labels, each ending in +1, -1
        byte[] labels = new byte[9];
        for (int row = 0; row < 3; row++) {
            System.arraycopy(random(3).pairs().get(row).labels(), 0, labels, 3 * row, 3);
        }
        bytes[indexOf(bytes, labels) + 4] = 5;
        Path wrong = Files.write(folder.resolve("wrong.arrow"), bytes);
        BadInputException e = assertThrows(BadInputException.class, () -> TokenizedPairs.open(wrong));
        assertTrue(e.getMessage().contains("row 1 has the label 5"), e.getMessage());
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int i = 0; i + wanted.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        throw new AssertionError("not found");
    }

    @Test
    void aClosedTableAndOtherTablesAreRefused() {
        Path file = written(random(3), ArrowForm.FILE);
        TokenizedPairs pairs = TokenizedPairs.open(file);
        pairs.close();
        assertThrows(IllegalStateException.class, () -> pairs.prompt(0));
        BadInputException e = assertThrows(BadInputException.class, () -> TokenizedDemonstrations.open(file));
        assertTrue(e.getMessage().contains("demonstrations"), e.getMessage());
        assertThrows(BadInputException.class, () -> TokenizedPairs.open(folder.resolve("absent")));
    }

    @ParameterizedTest
    @EnumSource
    void demonstrationsAreWrittenAndRead(ArrowForm form) {
        DemonstrationSet set = new DemonstrationSet(List.of("a", "b"),
            List.of(new Demonstration("p", "xy", 1), new Demonstration("q", "", 0), new Demonstration("r", "z".repeat(99), 0)));
        Path file = folder.resolve("demonstrations.arrow");
        assertEquals(new ReadReport(3, 2, Map.of(TokenizedPairs.EMPTY_RESPONSE, 1L)),
            TokenizedDemonstrations.write(set, TOKENIZING, file, form));
        try (TokenizedDemonstrations read = TokenizedDemonstrations.open(file)) {
            assertEquals(2, read.size());
            assertArrayEquals(TOKENIZING.prompt("r"), read.prompt(1));
            assertArrayEquals(TOKENIZING.response("xy"), read.response(0));
            assertEquals(List.of(2, 30, 1, 0), List.of(read.promptLength(0), read.responseLength(1), read.dimension(0), read.dimension(1)));
        }
    }
}
