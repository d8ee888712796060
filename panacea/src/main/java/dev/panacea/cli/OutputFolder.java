package dev.panacea.cli;

import dev.panacea.runtime.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks whether a folder can be written before long work whose results would go there. */
final class OutputFolder {
    private OutputFolder() { }

    /** @throws BadInputException when {@code folder} is no folder, or could not be made or written */
    static void check(Path folder) {
        Path existing = folder.toAbsolutePath();
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
            throw new BadInputException("the folder " + folder + " cannot be written, because " + existing
                + (Files.isDirectory(existing) ? " is not yours to write to" : " is no folder") + "; give another");
        }
    }
}
