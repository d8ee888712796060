package dev.panacea.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.data.Fixtures;
import dev.panacea.runtime.BadInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowsTest {

    @TempDir
    private Path folder;
    private DataFiles files;

    @BeforeEach
    void writeHere() {
        files = new DataFiles(folder);
    }

    private static List<Row> read(Path file) {
        List<Row> rows = new ArrayList<>();
        Rows.forEach(file, rows::add);
        return rows;
    }

    private static List<String> texts(Path file) {
        return read(file).stream().map(row -> row.text("t")).toList();
    }

    private static void assertRefused(Path file, String... words) {
        BadInputException e = assertThrows(BadInputException.class, () -> read(file).forEach(row -> row.text("t")));
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), () -> "\"" + e.getMessage() + "\" should contain \"" + word + "\"");
        }
    }

    @Test
    void contentTellsTheFormat() {
        String lines = "\uFEFF{\"t\":\"a\"}\r\n\n  \n{\"t\":\"b\"}";
        String array = "  [ {\"t\":\"a\"},\n{\"t\":\"b\"} ]\n";
        List<String> expected = List.of("a", "b");
        assertEquals(expected, texts(files.text("1.json", lines)));
        assertEquals(expected, texts(files.text("2.jsonl", array)));
        assertEquals(expected, texts(files.bytes("3.data", DataFiles.gzip(lines))));
        assertEquals(expected, texts(files.bytes("4.data", DataFiles.gzip(array))));
    }

    @Test
    void rowsKnowTheirLine() {
        assertEquals(List.of("a.jsonl:1", "a.jsonl:3"),
            read(files.text("a.jsonl", "{\"t\":\"a\"}\n\n{\"t\":\"b\"}\n")).stream().map(Row::where).toList());
        assertEquals(List.of("a.json:2 (row 1)", "a.json:4 (row 2)"),
            read(files.text("a.json", "[\n{\"t\":\n1},\n{}]")).stream().map(Row::where).toList());
    }

    @Test
    void onlyLineFeedEndsALine() {
        assertEquals(List.of("a\u2028b\u2029c\u0085d"), texts(files.text("u.jsonl", "{\"t\":\"a\u2028b\u2029c\u0085d\"}\n")));
    }

    @Test
    void realDataHoldsLineSeparatorsInsideStrings() {
        List<Row> rows = read(Fixtures.file("helpsteer2/verbosity_eval.jsonl.gz"));
        assertEquals(519, rows.size());
        assertEquals(List.of("verbosity_eval.jsonl.gz:99", "verbosity_eval.jsonl.gz:164"),
            rows.stream().filter(row -> row.text("prompt").indexOf('\u2028') >= 0).map(Row::where).toList());
    }

    @Test
    void damagedJsonIsNamedByLine() {
        assertRefused(files.text("a.jsonl", "{\"t\":\"a\"}\n{\"t\":"), "a.jsonl:2", "JSON");
        assertRefused(files.text("b.jsonl", "{\"t\":\"a\"} {\"t\":\"b\"}\n"), "b.jsonl:1");
        assertRefused(files.text("c.jsonl", "7\n"), "c.jsonl:1", "object");
        assertRefused(files.text("d.json", "[\n{\"t\":\"a\"},\n{\"t\":}]"), "d.json:3");
        assertRefused(files.text("e.json", "[{\"t\":\"a\"}"), "e.json:1");
        assertRefused(files.text("f.json", "[{\"t\":\"a\"}] x"), "f.json:1");
        assertRefused(files.text("g.json", "[{\"t\":\"a\"}, 5]"), "g.json:1", "object");
        assertRefused(files.bytes("h.jsonl", new byte[] {'{', '"', 't', '"', ':', '"', (byte) 0xff, '"', '}'}), "h.jsonl:1");
        assertRefused(files.text("i.jsonl", "[".repeat(100_000)), "i.jsonl");
    }

    @Test
    void missingAndWrongFieldsAreNamed() {
        assertRefused(files.text("a.jsonl", "{\"t\":\"a\"}\n{\"u\":1}\n"), "a.jsonl:2", "'t'", "missing");
        assertRefused(files.text("b.jsonl", "{\"t\":null}\n"), "b.jsonl:1", "'t'", "missing");
        assertRefused(files.text("c.jsonl", "{\"t\":17}\n"), "c.jsonl:1", "'t'", "string", "17");
        assertRefused(files.text("d.jsonl", "{\"t\":[]}\n"), "d.jsonl:1", "'t'", "array");
    }

    @Test
    void damagedGzipIsRefused() {
        byte[] whole = DataFiles.gzip("{\"t\":\"a\"}\n".repeat(1000));
        assertRefused(files.bytes("cut.gz", Arrays.copyOf(whole, whole.length - 5)), "gzip", "cut.gz");
        byte[] flipped = whole.clone();
        flipped[flipped.length - 6] ^= 0x55;
        assertRefused(files.bytes("flipped.gz", flipped), "gzip", "flipped.gz");
        assertRefused(files.bytes("array.gz", Arrays.copyOf(DataFiles.gzip("[{\"t\":\"a\"}]"), 14)), "gzip", "array.gz");
    }

    @Test
    void otherFilesAreRefused() {
        assertRefused(folder.resolve("absent.jsonl"), "absent.jsonl");
        assertRefused(files.text("p.parquet", "PAR1...."), "Parquet");
        assertRefused(folder, ".arrow");
        assertRefused(files.bytes("x.arrow", "ARROW1\0\0garbage".getBytes(StandardCharsets.UTF_8)), "Arrow", "x.arrow");
    }

    @Test
    void huggingFaceStreamIsRead() {
        List<Row> rows = read(Fixtures.file("hf-arrow/data-00000-of-00001.arrow"));
        assertEquals(600, rows.size());
        assertEquals(rows, read(Fixtures.file("hf-arrow")));
        assertTrue(rows.stream().allMatch(row -> !row.text("text").isBlank() && row.number("coarse_label") < 6
            && row.number("fine_label") < 50));
        assertEquals("data-00000-of-00001.arrow row 600", rows.getLast().where());
    }
}
