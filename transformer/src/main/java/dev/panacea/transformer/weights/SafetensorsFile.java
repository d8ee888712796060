package dev.panacea.transformer.weights;

import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/** A safetensors file, memory-mapped: its header is checked when it opens, its tensors are touched only when they are read. */
public final class SafetensorsFile implements AutoCloseable {
    /** The format's own limit on a header. */
    static final long MOST_HEADER_BYTES = 100_000_000;
    private static final int LENGTH_BYTES = 8;
    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final Arena arena;
    private final MemorySegment data;
    private final SafetensorsHeader header;

    private SafetensorsFile(Path file, Arena arena, MemorySegment data, SafetensorsHeader header) {
        this.file = file;
        this.arena = arena;
        this.data = data;
        this.header = header;
    }

    /**
     * Maps {@code file} and checks its header.
     *
     * @throws BadInputException when it is missing, truncated, or its header says something that cannot be
     */
    public static SafetensorsFile open(Path file) {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            long headerBytes = headerBytes(file, bytes);
            MemorySegment data = bytes.asSlice(LENGTH_BYTES + headerBytes);
            byte[] json = bytes.asSlice(LENGTH_BYTES, headerBytes).toArray(ValueLayout.JAVA_BYTE);
            return new SafetensorsFile(file, arena, data, SafetensorsHeader.parse(file, json, data.byteSize()));
        } catch (NoSuchFileException e) {
            arena.close();
            throw new BadInputException("the file " + file + " does not exist", e);
        } catch (IOException e) {
            arena.close();
            throw new BadInputException(file + " cannot be read: " + e.getMessage(), e);
        } catch (BadInputException e) {
            arena.close();
            throw e;
        }
    }

    private static long headerBytes(Path file, MemorySegment bytes) {
        if (bytes.byteSize() < LENGTH_BYTES) {
            throw new BadInputException(file + " is no safetensors file: it has only " + bytes.byteSize() + " bytes");
        }
        long length = bytes.get(LENGTH, 0);
        if (length < 0 || length > MOST_HEADER_BYTES) {
            throw new BadInputException(file + " is no safetensors file: it announces a header of "
                + Long.toUnsignedString(length) + " bytes, and at most " + MOST_HEADER_BYTES + " are allowed");
        }
        if (length > bytes.byteSize() - LENGTH_BYTES) {
            throw new BadInputException(file + " is truncated: it announces a header of " + length + " bytes, but has "
                + (bytes.byteSize() - LENGTH_BYTES) + "; fetch it again");
        }
        return length;
    }

    /** All tensors by name, in the header's order. */
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(header.tensors());
    }

    /** The free text that the writer left. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    public Path path() {
        return file;
    }

    /**
     * Reads a tensor of F32, F16 or BF16 into {@code target}, F32 or BF16 on any device, widening or rounding to nearest even.
     *
     * @param requireFinite whether NaN and infinity are refused
     * @throws BadInputException when the tensor is missing, of another type, or not finite
     * @throws IllegalArgumentException when {@code target} holds another number of elements
     */
    public void read(String name, Buffer target, boolean requireFinite) {
        FloatTensor tensor = floats(name, target.count());
        if (requireFinite) {
            tensor.requireFinite(0, tensor.count());
        }
        switch (target) {
            case HostBuffer host -> tensor.copy(0, tensor.count(), host.segment(), target.dtype());
            case CudaBuffer cuda -> FloatUpload.copy(tensor.bytes(), tensor.type(), cuda);
        }
    }

    /**
     * A tensor of F32, F16 or BF16 as the file holds it, mapped for as long as the file is open.
     *
     * @throws BadInputException when it is missing or of another type
     * @throws IllegalArgumentException when it has another number of elements
     */
    FloatTensor floats(String name, long count) {
        TensorInfo tensor = header.tensors().get(name);
        if (tensor == null) {
            throw new BadInputException(file + " has no tensor '" + name + "'");
        }
        DType type = floatType(tensor);
        if (tensor.count() != count) {
            throw new IllegalArgumentException("'" + name + "' has " + tensor.count() + " elements, the buffer " + count);
        }
        return new FloatTensor(file, name, type, count, data.asSlice(tensor.begin(), tensor.end() - tensor.begin()));
    }

    private DType floatType(TensorInfo tensor) {
        Optional<DType> type = switch (tensor.dtype()) {
            case "F32" -> Optional.of(DType.F32);
            case "BF16" -> Optional.of(DType.BF16);
            case "F16" -> Optional.of(DType.F16);
            default -> Optional.empty();
        };
        return type.orElseThrow(() -> new BadInputException(file + ": the tensor '" + tensor.name() + "' has dtype "
            + tensor.dtype() + ", but only F32, F16 and BF16 can be read"));
    }

    @Override
    public void close() {
        arena.close();
    }
}
