package dev.panacea.data.source;

import dev.panacea.data.arrow.ArrowBatch;
import dev.panacea.data.arrow.ArrowJson;
import dev.panacea.data.arrow.ArrowTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The rows of an Arrow file or stream, counted from 1. */
final class ArrowRows {

    private ArrowRows() { }

    static boolean recognises(Path file) throws IOException {
        return ArrowTable.recognises(file);
    }

    static void forEach(Path file, Consumer<Row> consumer) {
        try (ArrowTable table = ArrowTable.open(file)) {
            long number = 1;
            for (ArrowBatch batch : table.batches()) {
                for (int row = 0; row < batch.rows(); row++) {
                    String where = file.getFileName() + " row " + number++;
                    consumer.accept(new Row(where, ArrowJson.row(table.columns(), batch, row)));
                }
            }
        }
    }
}
