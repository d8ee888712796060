package dev.panacea.transformer.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.panacea.runtime.BadInputException;
import dev.panacea.transformer.Fixtures;
import dev.panacea.transformer.config.ConfigTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {
    private static final TokenizerOptions NO_SPACE = new TokenizerOptions(true, OptionalInt.empty());

    @Test
    void encodesTheGoldenPromptAsTheFileSays() {
        try (Tokenizer tokenizer = Tokenizer.load(tinyStories())) {
            assertArrayEquals(golden("prompt_ids"), tokenizer.encode("Once upon a time", true));
            assertEquals("<|start_story|> Once upon a time", tokenizer.decode(golden("prompt_ids"), false));
            assertEquals(2048, tokenizer.vocabularySize());
            assertEquals(OptionalInt.of(2), tokenizer.idOf("<|end_story|>"));
            assertEquals(OptionalInt.empty(), tokenizer.idOf("<|no_story|>"));
        }
    }

    @Test
    void leavesTheInventedSpaceOut() {
        try (Tokenizer tokenizer = Tokenizer.load(tinyStories(), NO_SPACE)) {
            int[] story = golden("bos_only_greedy_ids");
            int[] opening = tokenizer.encode("Once upon a time", true);
            assertArrayEquals(new int[] {1, 147, 201, 282, 57}, opening);
            assertArrayEquals(Arrays.copyOf(opening, 4), Arrays.copyOf(story, 4));
            assertEquals(" a", tokenizer.decode(tokenizer.encode(" a", false), true));
            assertTrue(tokenizer.decode(story, true).startsWith("Once upon a time, there was a little girl named Lily."));
        }
    }

    @Test
    void putsTheBeginningFirstOnce() {
        for (int bos : new int[] {1, 2}) {
            try (Tokenizer tokenizer = Tokenizer.load(tinyStories(), new TokenizerOptions(true, OptionalInt.of(bos)))) {
                int[] expected = bos == 1 ? new int[] {1, 147} : new int[] {2, 1, 147};
                assertArrayEquals(expected, Arrays.copyOf(tokenizer.encode("Once upon a time", true), expected.length));
                assertEquals(147, tokenizer.encode("Once upon a time", false)[0]);
            }
        }
    }

    @Test
    void neverTruncates() {
        String longText = "word ".repeat(2000);
        for (String name : List.of("gpt2", "llama2")) {
            try (Tokenizer tokenizer = Tokenizer.load(Fixtures.path("tokenizers/" + name + "/tokenizer.json"))) {
                assertTrue(tokenizer.encode(longText, false).length >= 2000, name);
            }
        }
    }

    @Test
    void agreesWithGpt2() {
        try (Tokenizer tokenizer = Tokenizer.load(Fixtures.path("tokenizers/gpt2/tokenizer.json"))) {
            assertArrayEquals(new int[] {15496, 995}, tokenizer.encode("Hello world", true));
            assertEquals(50257, tokenizer.vocabularySize());
        }
    }

    @Test
    void carriesAnyText() {
        try (Tokenizer tokenizer = Tokenizer.load(Fixtures.path("tokenizers/byte-bpe-small/tokenizer.json"))) {
            for (String text : List.of("", " ", "naïve 你好 😀👩‍👩‍👧 \u0000 end", "a\r\n\t b  ", "\u2028")) {
                assertEquals(text, tokenizer.decode(tokenizer.encode(text, true), true));
            }
        }
    }

    @Test
    void isSafeForManyThreads() {
        try (Tokenizer tokenizer = Tokenizer.load(tinyStories())) {
            List<int[]> all = IntStream.range(0, 400).parallel().mapToObj(i -> tokenizer.encode("Once upon a time", true)).toList();
            all.forEach(ids -> assertArrayEquals(golden("prompt_ids"), ids));
        }
    }

    @Test
    void refusesUseAfterClose() {
        Tokenizer tokenizer = Tokenizer.load(tinyStories());
        tokenizer.close();
        tokenizer.close();
        assertThrows(IllegalStateException.class, () -> tokenizer.encode("x", false));
        assertThrows(IllegalStateException.class, () -> tokenizer.decode(new int[] {1}, false));
    }

    @Test
    void refusesBrokenFilesByName(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        for (String content : List.of("", "[]", "{}", "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}}}",
            "{\"model\": {\"type\": \"Unheard\", \"vocab\": {\"a\": 0}}}")) {
            Files.writeString(file, content);
            BadInputException e = assertThrows(BadInputException.class, () -> Tokenizer.load(file), content);
            assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
            assertFalse(e.getMessage().contains("\n"), e.getMessage());
        }
    }

    private static Path tinyStories() {
        return Fixtures.path("tinystories-656k/tokenizer.json");
    }

    private static int[] golden(String key) {
        JsonNode ids = ConfigTree.parse(Fixtures.path("tinystories-656k/golden_float64.json")).get(key);
        return StreamSupport.stream(ids.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
    }
}
