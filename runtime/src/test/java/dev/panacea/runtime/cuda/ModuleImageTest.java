package dev.panacea.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModuleImageTest {

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void theImageEndsInAZeroByte() {
        try (Arena arena = Arena.ofConfined()) {
            byte[] text = ascii(".version 7.0\n");
            ModuleImage image = new ModuleImage("x.ptx", text, arena);
            MemorySegment loaded = MemorySegment.ofAddress(image.address()).reinterpret(text.length + 1);
            assertEquals(".version 7.0\n", loaded.getString(0));
            assertEquals(0, loaded.get(ValueLayout.JAVA_BYTE, text.length));
            assertEquals(0, image.address() % 8);
        }
    }

    @Test
    void headersAreReadFromTextOnly() {
        assertEquals(Optional.of(new PtxHeader("7.1", "sm_90a")),
            PtxHeader.of(ascii("//\n// made by hand\n\n.version 7.1\n.target sm_90a, texmode_independent\n.address_size 64\n")));
        assertTrue(PtxHeader.of(new byte[] {0x7f, 'E', 'L', 'F'}).isEmpty());
        assertTrue(PtxHeader.of(ascii("// .version 7.1 is needed, and a .target sm_80")).isEmpty());
        assertTrue(PtxHeader.of(new byte[0]).isEmpty());
    }
}
