package dev.panacea.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.bindings.CStub;
import dev.panacea.runtime.bindings.MissingLibraryException;
import dev.panacea.runtime.bindings.Nvrtc;
import dev.panacea.runtime.bindings.TemporaryProperty;
import dev.panacea.runtime.cuda.CudaSource.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("sets system properties")
class RuntimeCompilerTest {
    private static final CudaSource SOURCE = new CudaSource("a.cu", "text", List.of("--one", "--two"), List.of("f<1>", "g"), Form.PTX);

    @TempDir
    Path folder;

    private CStub stub;
    private Path cache;
    private RuntimeCompiler compiler;

    // Anew for every test, since the stand-in counts what it compiled.
    @BeforeEach
    void compile() throws IOException {
        stub = CStub.compile("nvrtc", folder);
        cache = Files.createDirectory(folder.resolve("cache"));
        compiler = new RuntimeCompiler(Nvrtc.load(stub.file()), cache);
    }

    private void assertCompiled(int times) {
        assertEquals(times, (int) stub.call("stub_compiled"));
    }

    private static void assertSame(CompiledCode expected, CompiledCode actual) {
        assertArrayEquals(expected.image(), actual.image());
        assertEquals(expected.loweredNames(), actual.loweredNames());
        assertEquals(expected.log(), actual.log());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.toList();
        }
    }

    @Test
    void theSecondTimeComesFromTheFile() throws IOException {
        CompiledCode first = compiler.compile(SOURCE);
        assertSame(first, compiler.compile(SOURCE));
        assertSame(first, new RuntimeCompiler(Nvrtc.load(stub.file()), cache).compile(SOURCE));
        assertCompiled(1);
        assertEquals(1, files().size());
        assertEquals("[a.cu][text]+f<1>+g|--one|--two", new String(first.image()));
        assertEquals(Map.of("f<1>", "_Z_f<1>", "g", "_Z_g"), first.loweredNames());
    }

    @Test
    void allThatDecidesTheResultIsInTheName() {
        Set<String> names = new TreeSet<>();
        List<CudaSource> sources = List.of(SOURCE,
            new CudaSource("b.cu", "text", SOURCE.options(), SOURCE.expressions(), Form.PTX),
            new CudaSource("a.cu", "test", SOURCE.options(), SOURCE.expressions(), Form.PTX),
            new CudaSource("a.cu", "text", SOURCE.options(), SOURCE.expressions(), Form.CUBIN),
            new CudaSource("a.cu", "text", List.of("--two", "--one"), SOURCE.expressions(), Form.PTX),
            new CudaSource("a.cu", "text", List.of("--one--two"), SOURCE.expressions(), Form.PTX),
            new CudaSource("a.cu", "text", List.of("--one", "--two", "f<1>"), List.of("g"), Form.PTX),
            new CudaSource("a.cu", "text", SOURCE.options(), List.of("f<1>"), Form.PTX),
            new CudaSource("a.cut", "ext", SOURCE.options(), SOURCE.expressions(), Form.PTX));
        for (CudaSource source : sources) {
            names.add(CacheEntry.key(source, "12.6"));
            names.add(CacheEntry.key(source, "13.0"));
        }
        assertEquals(2 * sources.size(), names.size());
        assertEquals(CacheEntry.key(SOURCE, "12.6"), CacheEntry.key(SOURCE, "12.6"));
    }

    @Test
    void everyDamageIsFoundOut() throws IOException {
        CompiledCode first = compiler.compile(SOURCE);
        Path file = files().getFirst();
        byte[] whole = Files.readAllBytes(file);
        int compiled = 1;
        for (int at = 0; at < whole.length; at += 7) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << at % 8);
            Files.write(file, flipped);
            assertSame(first, compiler.compile(SOURCE));
            assertCompiled(++compiled);
            assertArrayEquals(whole, Files.readAllBytes(file));
            Files.write(file, Arrays.copyOf(whole, at));
            assertSame(first, compiler.compile(SOURCE));
            assertCompiled(++compiled);
        }
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        compiler.compile(SOURCE);
        assertCompiled(++compiled);
        compiler.compile(SOURCE);
        assertCompiled(compiled);
    }

    @Test
    void aFailureIsNotKept() throws IOException {
        stub.fail("nvrtcCompileProgram", 6);
        assertThrows(CudaException.class, () -> compiler.compile(SOURCE));
        assertEquals(List.of(), files());
        stub.fail("", 0);
        compiler.compile(SOURCE);
        assertEquals(1, files().size());
    }

    @Test
    void withoutAFolderItStillCompiles() throws IOException {
        Files.delete(cache);
        CompiledCode code = compiler.compile(SOURCE);
        assertEquals("[a.cu][text]+f<1>+g|--one|--two", new String(code.image()));
        compiler.compile(SOURCE);
        assertCompiled(2);
    }

    @Test
    void describesItself() {
        assertEquals("NVRTC 12.6", compiler.description());
    }

    @Test
    void olderDriversGetCubins() {
        assertEquals(Form.PTX, compiler.formFor(13_000));
        assertEquals(Form.PTX, compiler.formFor(12_060));
        assertEquals(Form.CUBIN, compiler.formFor(12_050));
        assertEquals(Form.CUBIN, compiler.formFor(11_080));
    }

    @Test
    void theMissingCompilerIsOneSentence() {
        try (var _ = new TemporaryProperty("panacea.libnvrtc", folder.resolve("libabsent.so"))) {
            String message = assertThrows(MissingLibraryException.class, RuntimeCompiler::load).getMessage();
            assertTrue(message.startsWith("NVRTC cannot be loaded: tried " + folder.resolve("libabsent.so") + "; install NVRTC"), message);
            assertEquals(1, message.lines().count());
        }
    }
}
