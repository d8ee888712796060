package dev.panacea.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaToolkitTest {
    @TempDir
    private Path folder;

    @Test
    void cudaHomeComesBeforeThePath() throws IOException {
        Path home = toolkit("home/bin").getParent();
        Path path = toolkit("path");
        Map<String, String> both = Map.of("CUDA_HOME", home.toString(), "PATH", "/nowhere:" + path);
        assertEquals(Optional.of(home.resolve("bin/nvcc")), CudaToolkit.find(both).map(CudaToolkit::nvcc));
        assertEquals(Optional.of(path.resolve("ptxas")), CudaToolkit.find(Map.of("PATH", path.toString())).map(CudaToolkit::ptxas));
    }

    @Test
    void aFolderWithoutBothCompilersIsPassedOver() throws IOException {
        Path half = toolkit("half");
        Files.delete(half.resolve("ptxas"));
        Path whole = toolkit("whole");
        Map<String, String> path = Map.of("PATH", half + ":" + whole);
        assertEquals(Optional.of(whole.resolve("nvcc")), CudaToolkit.find(path).map(CudaToolkit::nvcc));
    }

    @Test
    void compilesAssemblesAndSaysWhatIsWrong() throws IOException {
        Optional<CudaToolkit> found = CudaToolkit.find();
        assumeTrue(found.isPresent(), "no nvcc here");
        CudaToolkit toolkit = found.get();
        assertTrue(toolkit.version().contains("release"), toolkit.version());
        Path source = Files.writeString(folder.resolve("copy.cu"), "extern \"C\" __global__ void copy(int* to) { *to = 7; }");
        Path ptx = folder.resolve("copy.ptx");
        assertTrue(toolkit.compile(source, ptx, "compute_80").succeeded());
        CudaToolkit.Outcome assembled = toolkit.assemble(ptx, "sm_80");
        assertTrue(assembled.succeeded() && assembled.output().contains("Compiling entry function 'copy'"), assembled.output());
        CudaToolkit.Outcome refused = toolkit.compile(Files.writeString(source, "__global__ void copy( {"), ptx, "compute_80");
        assertFalse(refused.succeeded());
        assertTrue(refused.output().contains("copy.cu(1)"), refused.output());
    }

    private Path toolkit(String name) throws IOException {
        Path bin = Files.createDirectories(folder.resolve(name));
        for (String compiler : new String[] {"nvcc", "ptxas"}) {
            assertTrue(Files.writeString(bin.resolve(compiler), "").toFile().setExecutable(true));
        }
        return bin;
    }
}
