package dev.panacea.runtime.simulator.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Alone, because the texts seen last are one table for all tests, and others load thousands. */
@Isolated
class ParsedModulesTest {
    private static byte[] text(String name) {
        return (".version 7.8\n.target sm_80\n.address_size 64\n.visible .entry " + name + "() {\n ret;\n}\n")
            .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aTextIsParsedOnce() {
        assertSame(ParsedModules.of(text("once")), ParsedModules.of(text("once")));
    }

    @Test
    void whatTheCallerDoesToItsBytesAfterwardsDoesNotMatter() {
        byte[] image = text("first");
        PtxModule first = ParsedModules.of(image);
        System.arraycopy(text("other"), 0, image, 0, image.length);
        assertEquals("other", ParsedModules.of(image).functions().getFirst().name());
        assertSame(first, ParsedModules.of(text("first")));
    }

    @Test
    void aTextThatIsNotWellFormedIsRefusedEachTime() {
        for (int time = 0; time < 2; time++) {
            assertThrows(PtxException.class, () -> ParsedModules.of(".version 7.8\n.target sm_80\n}".getBytes(StandardCharsets.UTF_8)));
        }
    }
}
