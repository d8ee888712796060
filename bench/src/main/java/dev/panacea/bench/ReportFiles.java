package dev.panacea.bench;

import dev.panacea.evaluation.Json;
import dev.panacea.runtime.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A report as NAME.json for programs and as NAME.md, its table, for people. */
public final class ReportFiles {
    private ReportFiles() { }

    /** @param name of both files, without their endings; null to write none */
    public static void write(Path name, Object report, String table) {
        if (name != null) {
            Json.write(name.resolveSibling(name.getFileName() + ".json"), report);
            AtomicFile.write(name.resolveSibling(name.getFileName() + ".md"),
                sink -> sink.write(table.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
