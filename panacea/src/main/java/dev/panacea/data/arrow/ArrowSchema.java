package dev.panacea.data.arrow;

import dev.panacea.runtime.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flatbuf.Date;
import org.apache.arrow.flatbuf.DateUnit;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FixedSizeList;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Time;
import org.apache.arrow.flatbuf.Type;

/** Columns and metadata, decoded from untrusted flatbuffers: depth and number of fields are bounded. */
record ArrowSchema(List<ArrowField> fields, Map<String, String> metadata) {

    private static final int DEEPEST = 16;
    private static final int MOST_FIELDS = 4096;

    static ArrowSchema decode(Schema schema, ArrowFault fault) {
        if (schema.endianness() != Endianness.Little) {
            throw fault.unsupported("big-endian data");
        }
        return new Decoder(fault).schema(schema);
    }

    private static final class Decoder {
        private final ArrowFault fault;
        private int decoded;

        Decoder(ArrowFault fault) {
            this.fault = fault;
        }

        ArrowSchema schema(Schema schema) {
            List<ArrowField> fields = new ArrayList<>();
            for (int i = 0; i < schema.fieldsLength(); i++) {
                fields.add(field(schema.fields(i), 0));
            }
            Map<String, String> metadata = new LinkedHashMap<>();
            for (int i = 0; i < schema.customMetadataLength(); i++) {
                KeyValue entry = schema.customMetadata(i);
                metadata.put(String.valueOf(entry.key()), String.valueOf(entry.value()));
            }
            return new ArrowSchema(List.copyOf(fields), Map.copyOf(metadata));
        }

        private ArrowField field(Field field, int depth) {
            if (depth == DEEPEST || ++decoded > MOST_FIELDS) {
                throw fault.damaged("its schema is nested too deeply or has too many fields");
            }
            String name = String.valueOf(field.name());
            if (field.dictionary() != null) {
                throw fault.unsupported("the dictionary-encoded column '" + name + "'");
            }
            List<ArrowField> children = new ArrayList<>();
            for (int i = 0; i < field.childrenLength(); i++) {
                children.add(field(field.children(i), depth + 1));
            }
            ArrowType type = type(field, name);
            boolean list = type instanceof ArrowType.Lists || type instanceof ArrowType.FixedLists;
            if (list && children.size() != 1) {
                throw fault.damaged("the list column '" + name + "' has " + children.size() + " children");
            }
            return new ArrowField(name, type, List.copyOf(children));
        }

        private ArrowType type(Field field, String name) {
            return switch (field.typeType()) {
                case Type.Utf8 -> new ArrowType.Text(false);
                case Type.LargeUtf8 -> new ArrowType.Text(true);
                case Type.Bool -> new ArrowType.Flag();
                case Type.List -> new ArrowType.Lists(false);
                case Type.LargeList -> new ArrowType.Lists(true);
                case Type.Struct_ -> new ArrowType.Struct();
                case Type.Null -> new ArrowType.Nothing();
                case Type.Timestamp, Type.Duration -> new ArrowType.Whole(Long.BYTES, true);
                case Type.Date -> new ArrowType.Whole(((Date) field.type(new Date())).unit() == DateUnit.DAY ? 4 : 8, true);
                case Type.Time -> whole(((Time) field.type(new Time())).bitWidth(), true, name);
                case Type.Int -> {
                    Int type = (Int) field.type(new Int());
                    yield whole(type.bitWidth(), type.isSigned(), name);
                }
                case Type.FloatingPoint -> real(((FloatingPoint) field.type(new FloatingPoint())).precision(), name);
                case Type.FixedSizeList -> fixedLists(((FixedSizeList) field.type(new FixedSizeList())).listSize(), name);
                default -> throw unsupportedType(field, name);
            };
        }

        private ArrowType whole(int bits, boolean signed, String name) {
            if (bits != 8 && bits != 16 && bits != 32 && bits != 64) {
                throw fault.damaged("the column '" + name + "' has integers of " + bits + " bits");
            }
            return new ArrowType.Whole(bits / Byte.SIZE, signed);
        }

        private ArrowType real(short precision, String name) {
            return switch (precision) {
                case Precision.SINGLE -> new ArrowType.Real(Float.BYTES);
                case Precision.DOUBLE -> new ArrowType.Real(Double.BYTES);
                default -> throw fault.unsupported("the half-precision column '" + name + "'");
            };
        }

        private ArrowType fixedLists(int size, String name) {
            if (size < 0) {
                throw fault.damaged("the column '" + name + "' has lists of " + size + " elements");
            }
            return new ArrowType.FixedLists(size);
        }

        private BadInputException unsupportedType(Field field, String name) {
            int type = field.typeType();
            String typeName = type >= 0 && type < Type.names.length ? Type.name(type) : String.valueOf(type);
            return fault.unsupported("the column '" + name + "' of type " + typeName);
        }
    }
}
