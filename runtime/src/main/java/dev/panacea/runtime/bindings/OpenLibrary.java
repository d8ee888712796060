package dev.panacea.runtime.bindings;

import dev.panacea.runtime.LibraryFinding;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.Optional;

/** A library of the system that has been opened, while its functions are looked up. */
final class OpenLibrary {
    private final SystemLibrary library;
    private final String openedAs;
    private final Symbols symbols;
    private MemorySegment any = MemorySegment.NULL;

    OpenLibrary(SystemLibrary library, String openedAs, SymbolLookup lookup) {
        this.library = library;
        this.openedAs = openedAs;
        symbols = new Symbols(lookup);
    }

    /** The function's address, or a null pointer that {@link #verify} will complain of. */
    MemorySegment require(String function) {
        any = symbols.require(function);
        return any;
    }

    Optional<MemorySegment> find(String function) {
        return symbols.find(function);
    }

    /** @throws MissingLibraryException naming every function that was required in vain */
    void verify() {
        symbols.verify(library.title() + " in " + openedAs, library.remedy());
    }

    /** The file that was loaded, links resolved where the loader tells its path. */
    Path file() {
        return DynamicLoader.fileOf(any).orElse(Path.of(openedAs));
    }

    LibraryFinding.Found found(String version) {
        return new LibraryFinding.Found(library.title(), file().toString(), version);
    }
}
