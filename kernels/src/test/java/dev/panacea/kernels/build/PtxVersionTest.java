package dev.panacea.kernels.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PtxVersionTest {
    private static final String PTX = "//\n// made by a compiler of version 9.0\n//\n.version 9.0\n.target sm_80\n";

    @Test
    void isReadFromTheDirective() {
        assertEquals(new PtxVersion(9, 0), PtxVersion.of(PTX));
        assertThrows(IllegalArgumentException.class, () -> PtxVersion.of(".target sm_80\n"));
    }

    @Test
    void isLoweredToTheFirstThatAssembles() {
        List<PtxVersion> tried = new ArrayList<>();
        String lowered = PtxVersion.lowest(PTX, text -> {
            tried.add(PtxVersion.of(text));
            return text;
        }, text -> PtxVersion.of(text).compareTo(new PtxVersion(7, 8)) >= 0);
        assertEquals(PTX.replace(".version 9.0", ".version 7.8"), lowered);
        assertEquals(new PtxVersion(7, 0), tried.getFirst());
        assertEquals(new PtxVersion(7, 8), tried.getLast());
        assertEquals(tried.stream().sorted().distinct().toList(), tried);
    }

    @Test
    void staysWhereNothingLowerAssembles() {
        assertEquals(PTX, PtxVersion.lowest(PTX, text -> text, text -> false));
    }

    @Test
    void ordersByMajorThenMinor() {
        assertTrue(new PtxVersion(7, 8).compareTo(new PtxVersion(8, 0)) < 0);
        assertTrue(new PtxVersion(8, 5).compareTo(new PtxVersion(8, 0)) > 0);
        assertEquals(0, new PtxVersion(8, 5).compareTo(new PtxVersion(8, 5)));
    }
}
