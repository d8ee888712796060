package dev.panacea.runtime.bindings;

import dev.panacea.runtime.LibraryFinding;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A shared library that a machine may have or not.
 *
 * @param title what messages call it
 * @param property the system property that names its file; as an environment variable, {@code a.b} is {@code A_B}
 * @param names those it may be installed by, the preferred first
 * @param remedy what to install
 * @param cost what does not work without it
 */
record SystemLibrary(String title, String property, List<String> names, String remedy, String cost) {

    /**
     * The library that the property or the variable names, otherwise the first of {@link #names} that the system's loader finds, or
     * that lies in a CUDA toolkit.
     *
     * @throws MissingLibraryException with every name tried and why it was no use
     */
    OpenLibrary open() {
        String override = System.getProperty(property, System.getenv(variable()));
        return override == null || override.isBlank() ? openFirst(candidates(toolkits())) : openFirst(List.of(override));
    }

    /** The library in {@code file} and no other. */
    OpenLibrary open(Path file) {
        return openFirst(List.of(file.toAbsolutePath().toString()));
    }

    private OpenLibrary openFirst(List<String> candidates) {
        for (String candidate : candidates) {
            Optional<SymbolLookup> symbols = lookup(candidate);
            if (symbols.isPresent()) {
                return new OpenLibrary(this, candidate, symbols.get());
            }
        }
        throw new MissingLibraryException(title + " cannot be loaded: tried "
            + candidates.stream().map(SystemLibrary::refused).collect(Collectors.joining(", ")) + "; " + remedy
            + ", or name its file by the system property " + property + " or the environment variable " + variable());
    }

    /** What {@code load} finds, or why it is missing. */
    LibraryFinding finding(Supplier<LibraryFinding.Found> load) {
        try {
            return load.get();
        } catch (MissingLibraryException e) {
            return new LibraryFinding.Missing(title, e.getMessage(), cost);
        }
    }

    List<String> candidates(List<String> toolkits) {
        List<String> candidates = new ArrayList<>();
        for (String name : names) {
            candidates.add(name);
            toolkits.forEach(toolkit -> candidates.add(Path.of(toolkit, "lib64", name).toString()));
        }
        return candidates;
    }

    private static List<String> toolkits() {
        return Stream.of(System.getenv("CUDA_HOME"), System.getenv("CUDA_PATH"), "/usr/local/cuda")
            .filter(folder -> folder != null && !folder.isBlank()).distinct().toList();
    }

    private static Optional<SymbolLookup> lookup(String name) {
        try {
            // Never unloaded, since function addresses outlive every scope.
            return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    // That a file is not there needs no words; anything else does.
    private static String refused(String name) {
        return DynamicLoader.refusal(name)
            .filter(reason -> !(reason.startsWith(name + ":") && reason.endsWith("No such file or directory")))
            .map(reason -> name + " (" + reason + ")").orElse(name);
    }

    private String variable() {
        return property.toUpperCase(Locale.ROOT).replace('.', '_');
    }
}
