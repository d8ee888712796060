package dev.panacea.run;

import java.io.IOException;
import java.nio.file.Path;

/** Writes what a checkpoint holds besides its state: adapter, optimiser, whatever training needs to go on to the same bits. */
@FunctionalInterface
public interface CheckpointFiles {

    /** Writes files and folders under {@code folder}, which exists and is empty; they need not be forced to the disk. */
    void writeTo(Path folder) throws IOException;
}
