package dev.panacea.transformer.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.AtomicFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes safetensors files: a header padded so that the data begins at a multiple of 64 bytes, then the buffers, of any device, in order. */
public final class SafetensorsWriter {
    private static final int ALIGNMENT = 64;
    private static final int LENGTH_BYTES = 8;
    /** A {@link ByteBuffer} holds less than 2 GiB; a channel may stage what it is given, so pieces stay small. */
    private static final long PIECE_BYTES = 64L << 20;

    private SafetensorsWriter() { }

    /**
     * Writes {@code tensors} and {@code metadata} to {@code file}, atomically. The dtypes are those of the buffers.
     *
     * @throws IllegalArgumentException when a name is given twice
     * @throws java.io.UncheckedIOException when the disk refuses
     */
    public static void write(Path file, List<NamedTensor> tensors, Map<String, String> metadata) {
        ByteBuffer head = head(tensors, metadata);
        AtomicFile.writeChannel(file, channel -> {
            writeFully(channel, head);
            for (NamedTensor tensor : tensors) {
                switch (tensor.buffer()) {
                    case HostBuffer host -> writeFully(channel, host.segment());
                    case CudaBuffer cuda -> writeFully(channel, cuda);
                }
            }
        });
    }

    private static ByteBuffer head(List<NamedTensor> tensors, Map<String, String> metadata) {
        byte[] json = json(tensors, metadata).getBytes(StandardCharsets.UTF_8);
        int whole = Math.ceilDiv(LENGTH_BYTES + json.length, ALIGNMENT) * ALIGNMENT;
        byte[] padded = Arrays.copyOf(json, whole - LENGTH_BYTES);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return ByteBuffer.allocate(whole).order(ByteOrder.LITTLE_ENDIAN).putLong(padded.length).put(padded).flip();
    }

    private static String json(List<NamedTensor> tensors, Map<String, String> metadata) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ObjectNode texts = root.putObject("__metadata__");
        metadata.forEach(texts::put);
        Set<String> names = new HashSet<>();
        long offset = 0;
        for (NamedTensor tensor : tensors) {
            if (!names.add(tensor.name()) || tensor.name().equals("__metadata__")) {
                throw new IllegalArgumentException("a tensor cannot be named '" + tensor.name() + "' here");
            }
            ObjectNode entry = root.putObject(tensor.name()).put("dtype", tensor.buffer().dtype().name());
            tensor.shape().forEach(entry.withArrayProperty("shape")::add);
            entry.putArray("data_offsets").add(offset).add(offset += tensor.buffer().bytes());
        }
        try {
            return JsonMapper.builder().build().writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a header that cannot be written", e);
        }
    }

    private static void writeFully(FileChannel channel, CudaBuffer buffer) throws IOException {
        long width = buffer.dtype().bytes();
        long most = PIECE_BYTES / width;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment room = arena.allocate(Math.min(most, buffer.count()) * width, width);
            for (long done = 0; done < buffer.count(); done += most) {
                long count = Math.min(most, buffer.count() - done);
                MemorySegment piece = room.asSlice(0, count * width);
                buffer.slice(done, count).copyTo(piece);
                writeFully(channel, piece);
            }
        }
    }

    private static void writeFully(FileChannel channel, MemorySegment segment) throws IOException {
        for (long done = 0; done < segment.byteSize(); done += PIECE_BYTES) {
            writeFully(channel, segment.asSlice(done, Math.min(PIECE_BYTES, segment.byteSize() - done)).asByteBuffer());
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
