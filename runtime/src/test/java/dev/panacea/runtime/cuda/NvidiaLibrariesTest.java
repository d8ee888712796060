package dev.panacea.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.LibraryFinding;
import java.util.List;
import org.junit.jupiter.api.Test;

class NvidiaLibrariesTest {

    @Test
    void eachIsFoundOrExplained() {
        List<LibraryFinding> findings = NvidiaLibraries.findings();
        assertEquals(List.of("cuBLAS", "cuBLASLt", "NCCL", "NVRTC"), findings.stream().map(LibraryFinding::name).toList());
        for (LibraryFinding finding : findings) {
            switch (finding) {
                case LibraryFinding.Found found -> assertTrue(found.version().matches("\\d+\\.\\d+(\\.\\d+)?"), found.toString());
                case LibraryFinding.Missing missing -> {
                    assertTrue(missing.reason().contains("cannot be loaded: tried lib"), missing.toString());
                    assertFalse(missing.cost().isBlank());
                }
            }
        }
    }
}
