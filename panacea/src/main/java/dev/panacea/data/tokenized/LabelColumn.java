package dev.panacea.data.tokenized;

import dev.panacea.data.arrow.ArrowColumn;
import java.util.Objects;

/** Labels of every row and dimension, checked once; a fixed-size list as we write it, or a list as other writers make of it. */
final class LabelColumn {

    private final TokenTable.Column<ArrowColumn> column;
    private final int dimensions;

    LabelColumn(TokenTable table, String name) {
        dimensions = table.header().dimensions().size();
        column = table.column(name, ArrowColumn.class, this::isLists);
        for (int row = 0; row < table.size(); row++) {
            requireLabels(table, name, row);
        }
    }

    byte get(int row, int dimension) {
        Objects.checkIndex(dimension, dimensions);
        ArrowColumn part = column.part(row);
        return (byte) values(part).get((int) start(part, column.rowInPart(row)) + dimension);
    }

    private boolean isLists(ArrowColumn part) {
        boolean lists = part instanceof ArrowColumn.FixedLists fixed && fixed.size() == dimensions || part instanceof ArrowColumn.Lists;
        return lists && child(part) instanceof ArrowColumn.Whole values && values.width() == Byte.BYTES
            && values.valid().allSet(values.length());
    }

    private void requireLabels(TokenTable table, String name, int row) {
        ArrowColumn part = column.part(row);
        int at = column.rowInPart(row);
        if (start(part, at + 1) - start(part, at) != dimensions) {
            throw table.table().unusable("its row " + row + " has not one of " + name + " for each of " + dimensions + " dimensions");
        }
        for (int d = 0; d < dimensions; d++) {
            long label = values(part).get((int) start(part, at) + d);
            if (label < -1 || label > 1) {
                throw table.table().unusable("its row " + row + " has the label " + label + ", which is none of +1, -1 and 0");
            }
        }
    }

    private static ArrowColumn child(ArrowColumn part) {
        return part instanceof ArrowColumn.FixedLists fixed ? fixed.child() : ((ArrowColumn.Lists) part).child();
    }

    private static ArrowColumn.Whole values(ArrowColumn part) {
        return (ArrowColumn.Whole) child(part);
    }

    private static long start(ArrowColumn part, int row) {
        return part instanceof ArrowColumn.FixedLists fixed ? fixed.start(row) : ((ArrowColumn.Lists) part).start(row);
    }
}
