package dev.panacea.kernels.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceFingerprintTest {
    @TempDir
    private Path folder;

    @Test
    void changesWithTheCompilerTheSourceAndAllThatItIncludes() throws IOException {
        Files.createDirectories(folder.resolve("common"));
        Path source = write("norm/kernel.cu", "#include \"../common/a.cuh\"\n#include <cuda_bf16.h>\n");
        write("common/a.cuh", "  # include \"b.cuh\"\n");
        write("common/b.cuh", "#include \"a.cuh\"\nint b;\n");
        write("common/c.cuh", "int c;\n");
        String before = SourceFingerprint.of("13.0", source);
        assertEquals(before, SourceFingerprint.of("13.0", source));
        assertNotEquals(before, SourceFingerprint.of("13.1", source));
        write("common/c.cuh", "int changed;\n");
        assertEquals(before, SourceFingerprint.of("13.0", source), "a header that is not included");
        write("common/b.cuh", "#include \"a.cuh\"\nint changed;\n");
        assertNotEquals(before, SourceFingerprint.of("13.0", source), "a header of a header");
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
