package dev.panacea.data.tokenized;

import dev.panacea.data.ArrowForm;
import dev.panacea.data.arrow.ArrowOutput;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Writes rows of texts, token lists and labels into an Arrow file, some at a time. */
final class TokenTableWriter implements AutoCloseable {

    /** Enough to make metadata negligible, few enough that 32-bit offsets and the writer's memory are never in question. */
    private static final int ROWS_A_BATCH = 1024;

    private final ArrowOutput output;
    private int row;

    TokenTableWriter(Path target, ArrowForm form, List<Field> columns, Map<String, String> metadata) {
        output = new ArrowOutput(target, new Schema(columns, metadata), form);
    }

    static Field text(String name) {
        return new Field(name, FieldType.notNullable(ArrowType.Utf8.INSTANCE), null);
    }

    static Field number(String name) {
        return new Field(name, FieldType.notNullable(new ArrowType.Int(Integer.SIZE, true)), null);
    }

    static Field tokens(String name) {
        return new Field(name, FieldType.notNullable(ArrowType.List.INSTANCE), List.of(number("item")));
    }

    static Field labels(String name, int dimensions) {
        Field item = new Field("item", FieldType.notNullable(new ArrowType.Int(Byte.SIZE, true)), null);
        return new Field(name, FieldType.notNullable(new ArrowType.FixedSizeList(dimensions)), List.of(item));
    }

    void text(String column, String value) {
        ((VarCharVector) output.batch().getVector(column)).setSafe(row, value.getBytes(StandardCharsets.UTF_8));
    }

    void number(String column, int value) {
        ((IntVector) output.batch().getVector(column)).setSafe(row, value);
    }

    void tokens(String column, int[] ids) {
        ListVector lists = (ListVector) output.batch().getVector(column);
        IntVector values = (IntVector) lists.getDataVector();
        int start = lists.startNewValue(row);
        for (int i = 0; i < ids.length; i++) {
            values.setSafe(start + i, ids[i]);
        }
        lists.endValue(row, ids.length);
    }

    void labels(String column, byte[] labels) {
        FixedSizeListVector lists = (FixedSizeListVector) output.batch().getVector(column);
        TinyIntVector values = (TinyIntVector) lists.getDataVector();
        int start = lists.startNewValue(row);
        for (int i = 0; i < labels.length; i++) {
            values.setSafe(start + i, labels[i]);
        }
    }

    /** Ends a row whose columns were all given. */
    void endRow() {
        row++;
        if (row == ROWS_A_BATCH) {
            flush();
        }
    }

    private void flush() {
        if (row > 0) {
            output.write(row);
            row = 0;
        }
    }

    void commit() {
        flush();
        output.commit();
    }

    @Override
    public void close() {
        output.close();
    }
}
