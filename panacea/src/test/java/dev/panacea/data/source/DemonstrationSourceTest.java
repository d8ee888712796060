package dev.panacea.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.data.Demonstration;
import dev.panacea.data.DemonstrationSet;
import dev.panacea.data.ReadReport;
import dev.panacea.runtime.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemonstrationSourceTest {

    @TempDir
    private Path folder;

    private Loaded<DemonstrationSet> read(DemonstrationSource.Form form, String content, Optional<String> dimension) {
        Path file = new DataFiles(folder).text("d.jsonl", content);
        return new DemonstrationSource(form, List.of("a", "b"), List.of(new DemonstrationSource.Input(file, dimension)),
            PromptTemplate.VERBATIM).read();
    }

    @Test
    void alpacaJoinsInstructionAndInput() {
        Loaded<DemonstrationSet> loaded = read(DemonstrationSource.Form.ALPACA, """
            {"instruction":"do","input":"this","output":"done"}
            {"instruction":"do","input":"","output":"done"}
            {"instruction":"do","output":" "}
            """, Optional.of("b"));
        assertEquals(List.of(new Demonstration("do\nthis", "done", 1), new Demonstration("do", "done", 1)),
            loaded.data().demonstrations());
        assertEquals(new ReadReport(3, 2, Map.of(PairJoin.EMPTY, 1L)), loaded.report());
    }

    @Test
    void promptAndResponseMayNameTheirDimension() {
        assertEquals(List.of(new Demonstration("p", "x", 0), new Demonstration("p", "y", 1)), read(
            DemonstrationSource.Form.PROMPT_RESPONSE, """
            {"prompt":"p","response":"x","dimension":"a"}
            {"prompt":"p","response":"y","dimension":"b"}
            """, Optional.empty()).data().demonstrations());
        BadInputException e = assertThrows(BadInputException.class,
            () -> read(DemonstrationSource.Form.PROMPT_RESPONSE, "{\"prompt\":\"p\",\"dimension\":\"a\"}", Optional.empty()));
        assertTrue(e.getMessage().contains("d.jsonl:1") && e.getMessage().contains("'response'"), e.getMessage());
        assertThrows(BadInputException.class, () -> read(DemonstrationSource.Form.ALPACA, "", Optional.of("a")));
    }

    @Test
    void plainTextIsOneDocumentAFile() {
        DataFiles files = new DataFiles(folder);
        List<String> documents = new ArrayList<>();
        new TextSource.Plain(List.of(files.text("a.txt", "Ä\n\nb"), files.text("empty.txt", ""),
            files.bytes("c.txt.gz", DataFiles.gzip("c")))).forEach(documents::add);
        assertEquals(List.of("Ä\n\nb", "c"), documents);
        TextSource latin = new TextSource.Plain(List.of(files.bytes("latin.txt", new byte[] {'a', (byte) 0xe4, 'b'})));
        assertTrue(assertThrows(BadInputException.class, () -> latin.forEach(documents::add)).getMessage().contains("UTF-8"));
        TextSource absent = new TextSource.Plain(List.of(folder.resolve("absent.txt")));
        assertThrows(BadInputException.class, () -> absent.forEach(documents::add));
    }
}
