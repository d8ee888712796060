package dev.panacea.data.tokenized;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.panacea.data.source.TextSource;
import dev.panacea.runtime.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizingTest {

    private static final int A = 'a' + 2;
    private static final int B = 'b' + 2;
    private static final int C = 'c' + 2;

    @Test
    void aPromptKeepsItsEnd() {
        Tokenizing three = Bytes.tokenizing(3, 4);
        assertArrayEquals(new int[] {0, B, C}, three.prompt("abc"));
        assertArrayEquals(new int[] {0, A, B}, three.prompt("ab"));
        assertArrayEquals(new int[] {0}, three.prompt(""));
        assertArrayEquals(new int[] {B, C},
            new Tokenizing(Bytes::encode, Bytes.WITHOUT_BOS, new TokenLimits(2, 4)).prompt("abc"));
    }

    @Test
    void aResponseKeepsItsBeginningAndEndsOnlyWhenWhole() {
        Tokenizing three = Bytes.tokenizing(3, 3);
        assertArrayEquals(new int[] {A, B, 1}, three.response("ab"));
        assertArrayEquals(new int[] {A, B, C}, three.response("abc"));
        assertArrayEquals(new int[] {A, B, C}, three.response("abca"));
        assertArrayEquals(new int[] {1}, three.response(""));
    }

    @Test
    void limitsAndIdsAreChecked() {
        assertThrows(BadInputException.class, () -> new TokenLimits(1, 5));
        assertThrows(BadInputException.class, () -> new TokenLimits(5, 0));
        assertThrows(IllegalArgumentException.class, () -> new Vocabulary("x", 10, 0, 10));
        Tokenizing wrong = new Tokenizing(text -> new int[] {258}, Bytes.VOCABULARY, new TokenLimits(4, 4));
        assertThrows(IllegalStateException.class, () -> wrong.prompt("x"));
    }

    @Test
    void aStreamIsDocumentsEndToEnd(@TempDir Path folder) throws Exception {
        TextSource text = new TextSource.Plain(List.of(Files.writeString(folder.resolve("1"), "ab"),
            Files.writeString(folder.resolve("2"), "c")));
        TokenStream stream = TokenStream.of(text, Bytes::encode, Bytes.VOCABULARY, 3);
        assertEquals(2, stream.size());
        assertArrayEquals(new int[] {0, A, B}, stream.chunk(0));
        assertArrayEquals(new int[] {1, 0, C}, stream.chunk(1));
        assertThrows(IndexOutOfBoundsException.class, () -> stream.chunk(2));
        assertArrayEquals(new int[] {A, B, 1, C, 1}, TokenStream.of(text, Bytes::encode, Bytes.WITHOUT_BOS, 5).chunk(0));
        assertThrows(BadInputException.class, () -> TokenStream.of(text, Bytes::encode, Bytes.VOCABULARY, 8));
    }

    @Test
    void aLongStreamGrows(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("long"), "a".repeat(100_000));
        TokenStream stream = TokenStream.of(new TextSource.Plain(List.of(file)), Bytes::encode, Bytes.VOCABULARY, 1000);
        assertEquals(100, stream.size());
        assertEquals(A, stream.chunk(99)[999]);
    }
}
