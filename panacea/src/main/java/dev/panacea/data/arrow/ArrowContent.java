package dev.panacea.data.arrow;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;

/** Schema and record batches of a mapped Arrow IPC file or stream. */
record ArrowContent(ArrowSchema schema, List<ArrowBatch> batches) {

    static final byte[] MAGIC = {'A', 'R', 'R', 'O', 'W', '1'};

    /** Magic and its padding at the front; footer length and magic at the end. */
    private static final int HEAD_BYTES = 8;
    private static final int TAIL_BYTES = Integer.BYTES + MAGIC.length;

    static ArrowContent decode(MemorySegment map, ArrowFault fault) {
        try {
            Decoder decoder = new Decoder(map, fault);
            return decoder.isMagic(0) ? decoder.file() : decoder.stream();
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            // flatbuffers finds an impossible offset only by stumbling over it
            throw fault.damaged("its metadata is invalid");
        }
    }

    /** @param end where the next message begins */
    private record Framed(Message message, MemorySegment body, long end) { }

    private record Decoder(MemorySegment map, ArrowFault fault) {

        boolean isMagic(long at) {
            return at >= 0 && map.byteSize() - at >= MAGIC.length
                && map.asSlice(at, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) < 0;
        }

        ArrowContent file() {
            long tail = map.byteSize() - TAIL_BYTES;
            if (tail < HEAD_BYTES || !isMagic(map.byteSize() - MAGIC.length)) {
                throw fault.damaged("it does not end as it should");
            }
            int footerBytes = map.get(ArrowColumn.INT, tail);
            if (footerBytes <= 0 || footerBytes > tail - HEAD_BYTES) {
                throw fault.damaged("its footer claims " + footerBytes + " bytes");
            }
            Footer footer = Footer.getRootAsFooter(metadata(tail - footerBytes, footerBytes));
            ArrowSchema schema = ArrowSchema.decode(present(footer.schema()), fault);
            if (footer.dictionariesLength() > 0) {
                throw fault.unsupported("dictionaries");
            }
            List<ArrowBatch> batches = new ArrayList<>();
            long free = HEAD_BYTES;
            for (int i = 0; i < footer.recordBatchesLength(); i++) {
                long offset = footer.recordBatches(i).offset();
                // blocks that overlap would let a small file claim a large content
                if (offset < free) {
                    throw fault.damaged("its record batches overlap");
                }
                Framed framed = message(offset);
                batches.add(batch(framed, schema));
                free = framed.end;
            }
            return new ArrowContent(schema, List.copyOf(batches));
        }

        ArrowContent stream() {
            Framed first = message(0);
            if (first == null || first.message.headerType() != MessageHeader.Schema) {
                throw fault.damaged("it does not begin with a schema");
            }
            ArrowSchema schema = ArrowSchema.decode(present((Schema) first.message.header(new Schema())), fault);
            List<ArrowBatch> batches = new ArrayList<>();
            for (Framed next = message(first.end); next != null; next = message(next.end)) {
                batches.add(batch(next, schema));
            }
            return new ArrowContent(schema, List.copyOf(batches));
        }

        /** The message that begins at {@code at}; null at the end of a stream. */
        private Framed message(long at) {
            if (at == map.byteSize()) {
                return null;
            }
            long start = at + Integer.BYTES;
            int length = map.get(ArrowColumn.INT, at);
            if (length == -1) {
                length = map.get(ArrowColumn.INT, start);
                start += Integer.BYTES;
            }
            if (length == 0) {
                return null;
            }
            Message message = Message.getRootAsMessage(metadata(start, length));
            long body = message.bodyLength();
            long bodyStart = start + length;
            if (body < 0 || body > map.byteSize() - bodyStart) {
                throw fault.damaged("a record batch claims " + body + " of the " + (map.byteSize() - bodyStart) + " bytes left");
            }
            return new Framed(message, map.asSlice(bodyStart, body), bodyStart + body);
        }

        private ArrowBatch batch(Framed framed, ArrowSchema schema) {
            if (framed == null) {
                throw fault.damaged("a record batch is missing");
            }
            if (framed.message.headerType() == MessageHeader.DictionaryBatch) {
                throw fault.unsupported("dictionaries");
            }
            if (framed.message.headerType() != MessageHeader.RecordBatch) {
                throw fault.damaged("something else stands where a record batch should");
            }
            RecordBatch batch = present((RecordBatch) framed.message.header(new RecordBatch()));
            return new BatchDecoder(batch, framed.body, fault).decode(schema.fields());
        }

        /** A copy, because flatbuffers reads from a ByteBuffer, whose checks then bound what it can reach. */
        private ByteBuffer metadata(long start, int length) {
            if (start < 0 || length < 0 || length > map.byteSize() - start) {
                throw fault.damaged("its metadata claims " + length + " bytes");
            }
            return ByteBuffer.wrap(map.asSlice(start, length).toArray(ValueLayout.JAVA_BYTE)).order(ByteOrder.LITTLE_ENDIAN);
        }

        private <T> T present(T part) {
            if (part == null) {
                throw fault.damaged("a part of its metadata is missing");
            }
            return part;
        }
    }
}
