package dev.panacea.data.arrow;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.RecordBatch;

/**
 * Lays columns over the body of one record batch. Arrow lists nodes and buffers depth first, so a walk through the schema meets them
 * in order. Everything that a later read relies on is checked here.
 */
final class BatchDecoder {

    private final RecordBatch batch;
    private final MemorySegment body;
    private final ArrowFault fault;
    private int nextNode;
    private int nextBuffer;

    BatchDecoder(RecordBatch batch, MemorySegment body, ArrowFault fault) {
        this.batch = batch;
        this.body = body;
        this.fault = fault;
    }

    ArrowBatch decode(List<ArrowField> fields) {
        if (batch.compression() != null) {
            throw fault.unsupported("compressed record batches");
        }
        int rows = checkedLength(batch.length());
        List<ArrowColumn> columns = new ArrayList<>();
        for (ArrowField field : fields) {
            ArrowColumn column = column(field);
            if (column.length() != rows) {
                throw fault.damaged("the column '" + field.name() + "' has " + column.length() + " rows in a batch of " + rows);
            }
            columns.add(column);
        }
        return new ArrowBatch(rows, List.copyOf(columns));
    }

    private ArrowColumn column(ArrowField field) {
        if (nextNode >= batch.nodesLength()) {
            throw fault.damaged("a record batch has fewer columns than its schema");
        }
        FieldNode node = batch.nodes(nextNode++);
        int rows = checkedLength(node.length());
        if (field.type() instanceof ArrowType.Nothing) {
            return new ArrowColumn.Nothing(rows);
        }
        ArrowColumn.Bits valid = validity(node, rows, field);
        return switch (field.type()) {
            case ArrowType.Text text -> text(field, rows, valid, text.large());
            case ArrowType.Whole whole ->
                new ArrowColumn.Whole(rows, valid, buffer((long) rows * whole.bytes(), field), whole.bytes(), whole.signed());
            case ArrowType.Real real -> new ArrowColumn.Real(rows, valid, buffer((long) rows * real.bytes(), field), real.bytes());
            case ArrowType.Flag _ -> new ArrowColumn.Flag(rows, valid, new ArrowColumn.Bits(buffer(bytesOfBits(rows), field)));
            case ArrowType.Lists lists -> lists(field, rows, valid, lists.large());
            case ArrowType.FixedLists lists -> fixedLists(field, rows, valid, lists.size());
            case ArrowType.Struct _ -> struct(field, rows, valid);
            case ArrowType.Nothing _ -> throw new IllegalStateException("handled above");
        };
    }

    /** A row takes at least a bit somewhere, so that a length is bounded by bytes that are really there. */
    private int checkedLength(long length) {
        if (length < 0 || length > Integer.MAX_VALUE - 1 || length > body.byteSize() * Byte.SIZE) {
            throw fault.damaged("a record batch of " + body.byteSize() + " bytes claims " + length + " rows");
        }
        return (int) length;
    }

    private ArrowColumn.Bits validity(FieldNode node, int rows, ArrowField field) {
        MemorySegment bits = buffer(0, field);
        if (node.nullCount() == 0) {
            return ArrowColumn.Bits.ALL;
        }
        if (bits.byteSize() < bytesOfBits(rows)) {
            throw fault.damaged("the column '" + field.name() + "' has nulls but too short a mask");
        }
        return new ArrowColumn.Bits(bits);
    }

    private static long bytesOfBits(int rows) {
        return Math.ceilDiv((long) rows, Byte.SIZE);
    }

    private ArrowColumn text(ArrowField field, int rows, ArrowColumn.Bits valid, boolean large) {
        MemorySegment starts = buffer(offsetBytes(rows, large), field);
        MemorySegment bytes = buffer(0, field);
        return new ArrowColumn.Text(rows, valid, offsets(starts, large, rows, bytes.byteSize(), field), bytes);
    }

    private ArrowColumn lists(ArrowField field, int rows, ArrowColumn.Bits valid, boolean large) {
        MemorySegment starts = buffer(offsetBytes(rows, large), field);
        ArrowColumn child = column(field.children().getFirst());
        return new ArrowColumn.Lists(rows, valid, offsets(starts, large, rows, child.length(), field), child);
    }

    private ArrowColumn fixedLists(ArrowField field, int rows, ArrowColumn.Bits valid, int size) {
        ArrowColumn child = column(field.children().getFirst());
        if (child.length() < (long) rows * size) {
            throw fault.damaged("the column '" + field.name() + "' has too few elements");
        }
        return new ArrowColumn.FixedLists(rows, valid, size, child);
    }

    private ArrowColumn struct(ArrowField field, int rows, ArrowColumn.Bits valid) {
        List<ArrowColumn> children = new ArrayList<>();
        for (ArrowField child : field.children()) {
            ArrowColumn column = column(child);
            if (column.length() < rows) {
                throw fault.damaged("the column '" + field.name() + "' is longer than its part '" + child.name() + "'");
            }
            children.add(column);
        }
        return new ArrowColumn.Struct(rows, valid, field.children().stream().map(ArrowField::name).toList(), List.copyOf(children));
    }

    /** A column without rows may leave its offsets out. */
    private static long offsetBytes(int rows, boolean large) {
        return rows == 0 ? 0 : (rows + 1L) * (large ? Long.BYTES : Integer.BYTES);
    }

    private ArrowColumn.Offsets offsets(MemorySegment bytes, boolean large, int rows, long elements, ArrowField field) {
        ArrowColumn.Offsets offsets = new ArrowColumn.Offsets(bytes, large);
        long last = 0;
        for (int i = 0; rows > 0 && i <= rows; i++) {
            long offset = offsets.get(i);
            if (offset < last || offset > elements || offset - last > Integer.MAX_VALUE - 8) {
                throw fault.damaged("the column '" + field.name() + "' has an offset of " + offset + " after " + last + " among "
                    + elements + " elements");
            }
            last = offset;
        }
        return offsets;
    }

    /** The next buffer, of at least {@code least} bytes. */
    private MemorySegment buffer(long least, ArrowField field) {
        if (nextBuffer >= batch.buffersLength()) {
            throw fault.damaged("a record batch has fewer buffers than its schema needs");
        }
        org.apache.arrow.flatbuf.Buffer place = batch.buffers(nextBuffer++);
        long offset = place.offset();
        long length = place.length();
        if (offset < 0 || length < least || offset > body.byteSize() || length > body.byteSize() - offset) {
            throw fault.damaged("the column '" + field.name() + "' has a buffer of " + length + " bytes at " + offset + " in a batch of "
                + body.byteSize() + " bytes");
        }
        return body.asSlice(offset, length);
    }
}
