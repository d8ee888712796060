package dev.panacea.data.source;

import java.nio.file.Path;
import java.util.List;

/** A file whose rows all judge one preference dimension. */
public record DimensionFile(String dimension, Path file) {

    /** The dimensions of {@code files} in order of appearance; several files may judge the same. */
    static List<String> dimensions(List<DimensionFile> files) {
        return files.stream().map(DimensionFile::dimension).distinct().toList();
    }
}
