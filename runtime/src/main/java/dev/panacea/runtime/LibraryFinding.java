package dev.panacea.runtime;

/** What was found of a library that a machine may have or not, for reports. */
public sealed interface LibraryFinding {

    /** As its maker calls it, for example {@code cuBLAS}. */
    String name();

    /**
     * It loads.
     *
     * @param path the file it was loaded from, links resolved
     * @param version as the library tells it
     */
    record Found(String name, String path, String version) implements LibraryFinding { }

    /**
     * It does not load.
     *
     * @param reason the names that were tried, why each failed, and what to do
     * @param cost what does not work without it
     */
    record Missing(String name, String reason, String cost) implements LibraryFinding { }
}
