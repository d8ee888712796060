package dev.panacea.data.arrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.data.ArrowForm;
import dev.panacea.data.Fixtures;
import dev.panacea.runtime.BadInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ArrowTableTest {

    private static final Schema SCHEMA = new Schema(List.of(
        nullable("large", ArrowType.LargeUtf8.INSTANCE),
        nullable("flag", ArrowType.Bool.INSTANCE),
        nullable("real", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)),
        nullable("long", new ArrowType.Int(64, true)),
        nullable("byte", new ArrowType.Int(8, false)),
        nullable("none", ArrowType.Null.INSTANCE),
        nullable("turns", ArrowType.List.INSTANCE,
            nullable("item", ArrowType.Struct.INSTANCE, nullable("role", ArrowType.Utf8.INSTANCE)))), Map.of("key", "value"));

    @TempDir
    private Path folder;

    private static Field nullable(String name, ArrowType type, Field... children) {
        return new Field(name, FieldType.nullable(type), List.of(children));
    }

    private static void fill(VectorSchemaRoot batch) {
        ((LargeVarCharVector) batch.getVector("large")).setSafe(0, "größe".getBytes(StandardCharsets.UTF_8));
        ((BitVector) batch.getVector("flag")).setSafe(0, 1);
        ((Float8Vector) batch.getVector("real")).setSafe(0, -0.5);
        ((BigIntVector) batch.getVector("long")).setSafe(0, Long.MIN_VALUE);
        ((UInt1Vector) batch.getVector("byte")).setSafe(0, 200);
        ListVector turns = (ListVector) batch.getVector("turns");
        StructVector turn = (StructVector) turns.getDataVector();
        VarCharVector role = (VarCharVector) turn.getChild("role");
        int start = turns.startNewValue(0);
        for (int i = 0; i < 2; i++) {
            turn.setIndexDefined(start + i);
            role.setSafe(start + i, new byte[] {(byte) ('a' + i)});
        }
        turns.endValue(0, 2);
    }

    /** A full row and one of nulls, then a batch without rows. */
    @ParameterizedTest
    @EnumSource
    void everySupportedTypeBecomesJson(ArrowForm form) {
        Path file = folder.resolve("types.arrow");
        try (ArrowOutput output = new ArrowOutput(file, SCHEMA, form)) {
            fill(output.batch());
            output.write(2);
            output.write(0);
            output.commit();
        }
        List<String> rows = new ArrayList<>();
        try (ArrowTable table = ArrowTable.open(file)) {
            assertEquals("value", table.metadata().get("key"));
            for (ArrowBatch batch : table.batches()) {
                for (int row = 0; row < batch.rows(); row++) {
                    rows.add(ArrowJson.row(table.columns(), batch, row).toString());
                }
            }
        }
        assertEquals(List.of("{\"large\":\"größe\",\"flag\":true,\"real\":-0.5,\"long\":-9223372036854775808,\"byte\":200,\"none\":null,"
            + "\"turns\":[{\"role\":\"a\"},{\"role\":\"b\"}]}",
            "{\"large\":null,\"flag\":null,\"real\":null,\"long\":null,\"byte\":null,\"none\":null,\"turns\":null}"), rows);
    }

    @Test
    void otherTypesAreRefusedByName() {
        Path file = folder.resolve("decimal.arrow");
        Schema schema = new Schema(List.of(nullable("price", new ArrowType.Decimal(10, 2, 128))));
        try (ArrowOutput output = new ArrowOutput(file, schema, ArrowForm.FILE)) {
            output.commit();
        }
        BadInputException e = assertThrows(BadInputException.class, () -> ArrowTable.open(file));
        assertTrue(e.getMessage().contains("'price'") && e.getMessage().contains("Decimal"), e.getMessage());
    }

    @Test
    void huggingFaceKeepsItsMetadata() {
        try (ArrowTable table = ArrowTable.open(Fixtures.file("hf-arrow/data-00000-of-00001.arrow"))) {
            assertEquals(List.of("text", "coarse_label", "fine_label"), table.columns());
            assertTrue(table.metadata().get("huggingface").contains("\"ABBR\""));
            assertEquals(600, table.batches().stream().mapToInt(ArrowBatch::rows).sum());
        }
    }
}
