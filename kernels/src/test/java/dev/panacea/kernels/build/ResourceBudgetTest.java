package dev.panacea.kernels.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResourceBudgetTest {
    private static final String REPORT = """
        ptxas info    : 0 bytes gmem
        ptxas info    : Compiling entry function 'tile' for 'sm_80'
        ptxas info    : Function properties for tile
            16 bytes stack frame, 12 bytes spill stores, 20 bytes spill loads
        ptxas info    : Used 255 registers, used 1 barriers, 49152 bytes smem, 412 bytes cmem[0]
        ptxas info    : Compile time = 12.5 ms
        ptxas info    : Compiling entry function 'copy' for 'sm_80'
        ptxas info    : Function properties for copy
            0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
        ptxas info    : Used 10 registers, used 0 barriers, 380 bytes cmem[0]
        """;
    private static final Map<String, BlockShape> SHAPES = Map.of("tile", new BlockShape(128, 16384), "copy", new BlockShape(512, 0));

    @TempDir
    private Path folder;

    @Test
    void useIsReadFromTheAssemblersReport() {
        assertEquals(List.of(new ResourceUse("tile", "sm_80", 255, 32, 65536, 8), new ResourceUse("copy", "sm_80", 10, 0, 0, 64)),
            ResourceUse.parse(REPORT, SHAPES));
    }

    @Test
    void whatIsWithinTheBudgetPasses() throws IOException {
        assertEquals(List.of(), budget("tile sm_80 255 32 65536 8\ncopy sm_80 10 0 0 64\n").overruns(ResourceUse.parse(REPORT, SHAPES)));
    }

    @Test
    void eachOverrunIsNamed() throws IOException {
        List<String> overruns = budget("tile sm_80 254 0 65000 12\ncopy sm_80 10 0 0 64\n").overruns(ResourceUse.parse(REPORT, SHAPES));
        assertEquals(List.of("tile on sm_80 takes 255 registers, its budget is 254",
            "tile on sm_80 takes 32 spilled bytes, its budget is 0",
            "tile on sm_80 takes 65536 bytes of shared memory, its budget is 65000",
            "tile on sm_80 lets only 8 warps be resident, its budget is 12"), overruns);
    }

    @Test
    void aKernelWithoutBudgetIsNamedWithItsLine() throws IOException {
        List<String> overruns = budget("tile sm_80 255 32 65536 8\n").overruns(ResourceUse.parse(REPORT, SHAPES));
        assertEquals(1, overruns.size());
        assertTrue(overruns.getFirst().contains("copy on sm_80") && overruns.getFirst().contains("10"), overruns.getFirst());
    }

    @Test
    void theReportsOwnLinesAreABudget() throws IOException {
        List<ResourceUse> uses = ResourceUse.parse(REPORT, SHAPES);
        String lines = uses.stream().map(ResourceUse::line).reduce("", (all, line) -> all + line + "\n");
        assertEquals(List.of(), budget(ResourceBudget.COLUMNS + "\n" + lines).overruns(uses));
    }

    @Test
    void aBrokenLineIsNamed() {
        IOException failure = assertThrows(IOException.class, () -> budget("tile sm_80 many 0 0 0\n"));
        assertTrue(failure.getMessage().endsWith("line 2: expected kernel, target, registers, spilled, shared, warps"),
            failure.getMessage());
    }

    private ResourceBudget budget(String lines) throws IOException {
        Path file = Files.writeString(folder.resolve("budget.txt"), "compiler 13.0\n" + lines);
        ResourceBudget budget = ResourceBudget.read(file);
        assertEquals("13.0", budget.compiler());
        return budget;
    }
}
