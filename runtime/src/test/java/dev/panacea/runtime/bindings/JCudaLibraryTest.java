package dev.panacea.runtime.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class JCudaLibraryTest {

    @Test
    void isLoadedFromOurFolderAndNotFromTheTemporaryOne() throws IOException {
        assumeTrue(CudaLibraries.installed().isPresent() || CudaLibraries.fake().isPresent(), CudaLibraries.whyNotFaked());
        String temporary = System.getProperty("java.io.tmpdir");
        Path file = JCudaLibrary.load();
        assertEquals(temporary, System.getProperty("java.io.tmpdir"));
        assertEquals(NativeLibraries.cacheFolder().resolve("lib"), file.getParent());
        List<String> mapped = Files.readAllLines(Path.of("/proc/self/maps")).stream().filter(line -> line.contains("libJCudaDriver"))
            .map(line -> line.substring(line.indexOf('/'))).distinct().toList();
        assertEquals(List.of(file.toRealPath().toString()), mapped);
    }

    @Test
    void theLinkersWordsAreFoundInJCudasWall() {
        String wall = """
            Error while loading native library "JCudaDriver-12.6.0-linux-x86_64"
            Operating system name: Linux
            Stack trace from the attempt to load the library as a file:
            java.lang.UnsatisfiedLinkError: no JCudaDriver-12.6.0-linux-x86_64 in java.library.path: /usr/lib
            \tat java.base/java.lang.ClassLoader.loadLibrary(ClassLoader.java:2458)
            java.lang.UnsatisfiedLinkError: /tmp/libJCudaDriver-12.6.0-linux-x86_64.so: libcuda.so.1: cannot open shared object file: \
            No such file or directory
            """;
        String reason = JCudaNatives.reason(new UnsatisfiedLinkError(wall));
        assertTrue(reason.endsWith("libcuda.so.1: cannot open shared object file: No such file or directory"), reason);
        assertTrue(!reason.contains("\n") && !reason.contains("java.library.path"), reason);
    }
}
