package dev.panacea.runtime.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.LibraryFinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("sets system properties")
class SystemLibraryTest {
    private static final String PROPERTY = "panacea.test.no.such.library";

    @TempDir
    Path folder;

    private static SystemLibrary library(String... names) {
        return new SystemLibrary("Testing", PROPERTY, List.of(names), "install it", "nothing works");
    }

    @Test
    void triesEveryNameInEveryPlace() {
        assertEquals(List.of("liba.so.2", "/one/lib64/liba.so.2", "/two/lib64/liba.so.2",
            "liba.so.1", "/one/lib64/liba.so.1", "/two/lib64/liba.so.1"),
            library("liba.so.2", "liba.so.1").candidates(List.of("/one", "/two")));
    }

    @Test
    void saysWhatWasTriedAndWhatToDo() {
        LibraryFinding finding = library("libnosuchthing.so.2", "libnosuchthing.so.1").finding(() -> {
            library("libnosuchthing.so.2", "libnosuchthing.so.1").open();
            return null;
        });
        var missing = assertInstanceOf(LibraryFinding.Missing.class, finding);
        assertEquals("Testing", missing.name());
        assertEquals("nothing works", missing.cost());
        for (String part : List.of("Testing cannot be loaded: tried libnosuchthing.so.2, ", "libnosuchthing.so.1", "install it",
            PROPERTY, "PANACEA_TEST_NO_SUCH_LIBRARY")) {
            assertTrue(missing.reason().contains(part), missing.reason());
        }
    }

    @Test
    void namesTheReasonWhereTheFileIsThere() throws IOException {
        Path needed = folder.resolve("libneeded.so");
        Path needy = folder.resolve("libneedy.so");
        link(needed);
        link(needy, "-L" + folder, "-Wl,--no-as-needed", "-lneeded");
        Files.delete(needed);
        var refusal = assertThrows(MissingLibraryException.class, () -> library("libneedy.so").open(needy));
        assertTrue(refusal.getMessage().contains("tried " + needy + " (libneeded.so: cannot open shared object file"),
            refusal.getMessage());
    }

    private static void link(Path library, String... flags) {
        List<String> command = new ArrayList<>(List.of("gcc", "-shared", "-o", library.toString(), "-x", "c", "/dev/null", "-x", "none"));
        command.addAll(List.of(flags));
        assertEquals("", CStub.run(command, "a library that needs another is linked by it"));
    }

    @Test
    void thePropertyRulesOutAllOthers() {
        // The C library could be opened, so that only the property keeps it from being.
        try (var _ = new TemporaryProperty(PROPERTY, folder.resolve("libelsewhere.so"))) {
            var refusal = assertThrows(MissingLibraryException.class, () -> library("libc.so.6").open());
            assertTrue(refusal.getMessage().contains("tried " + folder.resolve("libelsewhere.so") + ";"), refusal.getMessage());
        }
    }

    @Test
    void tellsTheFileAndWhatItLacks() {
        OpenLibrary library = library("libnosuchthing.so", "libc.so.6").open();
        library.require("qsort");
        library.verify();
        assertTrue(Files.isRegularFile(library.file()) && library.file().isAbsolute(), () -> library.file().toString());
        assertEquals(new LibraryFinding.Found("Testing", library.file().toString(), "7"), library.found("7"));
        library.require("no_such_function");
        library.require("nor_this");
        var refusal = assertThrows(MissingLibraryException.class, library::verify);
        assertEquals("Testing in libc.so.6 lacks no_such_function, nor_this; install it", refusal.getMessage());
    }
}
