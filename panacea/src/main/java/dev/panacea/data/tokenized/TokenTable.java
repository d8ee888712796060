package dev.panacea.data.tokenized;

import dev.panacea.data.arrow.ArrowBatch;
import dev.panacea.data.arrow.ArrowColumn;
import dev.panacea.data.arrow.ArrowTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** A tokenised Arrow file with random access to its rows, whichever record batch they lie in. */
final class TokenTable implements AutoCloseable {

    /** One column over all record batches. */
    final class Column<C extends ArrowColumn> {
        private final List<C> parts;

        Column(List<C> parts) {
            this.parts = parts;
        }

        C part(int row) {
            return parts.get(batchOf(row));
        }

        int rowInPart(int row) {
            return row - firstRow[batchOf(row)];
        }
    }

    private final ArrowTable table;
    private final TokenizedHeader header;
    /** First row of each batch and, one further, the number of rows. */
    private final int[] firstRow;

    TokenTable(Path file, String kind) {
        table = ArrowTable.open(file);
        try {
            header = TokenizedHeader.of(table, kind);
            firstRow = firstRows(table);
        } catch (RuntimeException e) {
            table.close();
            throw e;
        }
    }

    private static int[] firstRows(ArrowTable table) {
        List<ArrowBatch> batches = table.batches();
        int[] first = new int[batches.size() + 1];
        for (int b = 0; b < batches.size(); b++) {
            long next = (long) first[b] + batches.get(b).rows();
            if (next > Integer.MAX_VALUE) {
                throw table.unusable("it has more than " + Integer.MAX_VALUE + " rows; part it");
            }
            first[b + 1] = (int) next;
        }
        if (first[batches.size()] == 0) {
            throw table.unusable("it has no rows");
        }
        return first;
    }

    TokenizedHeader header() {
        return header;
    }

    int size() {
        return firstRow[firstRow.length - 1];
    }

    ArrowTable table() {
        return table;
    }

    private int batchOf(int row) {
        if (row < 0 || row >= size()) {
            throw new IndexOutOfBoundsException("row " + row + " of " + size());
        }
        int found = Arrays.binarySearch(firstRow, row);
        if (found < 0) {
            return -found - 2;
        }
        // batches without rows share their first row with the one that has it
        while (firstRow[found + 1] == row) {
            found++;
        }
        return found;
    }

    /** The column {@code name}, whose every part must be a {@code type} without nulls that satisfies {@code further}. */
    <C extends ArrowColumn> Column<C> column(String name, Class<C> type, Predicate<C> further) {
        int index = table.columns().indexOf(name);
        if (index < 0) {
            throw table.unusable("it has no column '" + name + "'");
        }
        List<C> parts = new ArrayList<>();
        for (ArrowBatch batch : table.batches()) {
            ArrowColumn part = batch.columns().get(index);
            if (!type.isInstance(part) || !part.valid().allSet(part.length()) || !further.test(type.cast(part))) {
                throw table.unusable("its column '" + name + "' is of another type or has nulls");
            }
            parts.add(type.cast(part));
        }
        return new Column<>(parts);
    }

    Column<ArrowColumn.Lists> tokens(String name) {
        return column(name, ArrowColumn.Lists.class, lists -> lists.child() instanceof ArrowColumn.Whole ids
            && ids.width() == Integer.BYTES && ids.valid().allSet(ids.length()));
    }

    int length(Column<ArrowColumn.Lists> column, int row) {
        ArrowColumn.Lists lists = column.part(row);
        int at = column.rowInPart(row);
        return (int) (lists.start(at + 1) - lists.start(at));
    }

    /** The ids of a row, each checked against the vocabulary because they will index an embedding. */
    int[] ids(Column<ArrowColumn.Lists> column, int row) {
        ArrowColumn.Lists lists = column.part(row);
        int at = column.rowInPart(row);
        int[] ids = ((ArrowColumn.Whole) lists.child()).ints(lists.start(at), lists.start(at + 1));
        for (int id : ids) {
            if (id < 0 || id >= header.vocabulary().size()) {
                throw table.unusable("its row " + row + " has the token " + id + " in a vocabulary of " + header.vocabulary().size());
            }
        }
        return ids;
    }

    @Override
    public void close() {
        table.close();
    }
}
