package dev.panacea.runtime.bindings;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The functions of one library, looked up by name; what is missing is collected and told at once. */
final class Symbols {
    private final SymbolLookup library;
    private final List<String> missing = new ArrayList<>();

    Symbols(SymbolLookup library) {
        this.library = library;
    }

    /** The function's address, or a null pointer that {@link #verify} will complain of. */
    MemorySegment require(String name) {
        return library.find(name).orElseGet(() -> {
            missing.add(name);
            return MemorySegment.NULL;
        });
    }

    Optional<MemorySegment> find(String name) {
        return library.find(name);
    }

    /** @throws MissingLibraryException naming every function that was required in vain */
    void verify(String libraryName, String advice) {
        if (!missing.isEmpty()) {
            throw new MissingLibraryException(libraryName + " lacks " + String.join(", ", missing) + "; " + advice);
        }
    }
}
