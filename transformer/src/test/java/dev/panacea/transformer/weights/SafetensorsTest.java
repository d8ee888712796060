package dev.panacea.transformer.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    @TempDir
    private Path folder;
    private HostDevice device;
    private MemoryScope scope;

    @BeforeEach
    void open() {
        device = new HostDevice(1);
        scope = device.openScope("test");
    }

    @AfterEach
    void close() {
        scope.close();
        device.close();
    }

    @Test
    void givesBackWhatItWrote() {
        float[] values = floats(35);
        HostBuffer matrix = scope.allocateHost("a", DType.F32, 35).copyFrom(values);
        HostBuffer ids = scope.allocateHost("b", DType.I32, 3).copyFrom(new int[] {1, 2, 3});
        Path file = folder.resolve("x.safetensors");
        SafetensorsWriter.write(file, List.of(new NamedTensor("a\"é", List.of(5L, 7L), matrix), new NamedTensor("b", List.of(3L), ids)),
            Map.of("step", "12"));
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            assertEquals(Map.of("step", "12"), read.metadata());
            assertEquals(new TensorInfo("b", "I32", List.of(3L), 140, 152), read.tensors().get("b"));
            HostBuffer again = poisoned(DType.F32, 35);
            read.read("a\"é", again, true);
            assertArrayEquals(values, again.toFloats());
            refused("'b' has dtype I32", () -> read.read("b", poisoned(DType.F32, 3), true));
            refused("has no tensor 'c'", () -> read.read("c", again, true));
            assertThrows(IllegalArgumentException.class, () -> read.read("a\"é", poisoned(DType.F32, 34), true));
        }
    }

    @Test
    void alignsItsDataAndLeavesNothingBehind() throws IOException {
        Path file = folder.resolve("x.safetensors");
        for (int length = 1; length < 80; length += 13) {
            NamedTensor tensor = new NamedTensor("n".repeat(length), List.of(1L), scope.allocate("t", DType.F32, 1));
            SafetensorsWriter.write(file, List.of(tensor), Map.of());
            long header = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).getLong();
            assertEquals(0, (8 + header) % 64);
        }
        try (var files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void widensAndRoundsWhileReading() throws IOException {
        float[] values = floats(50);
        for (String dtype : List.of("F32", "F16", "BF16")) {
            // one byte before the tensor makes every element unaligned
            ByteBuffer data = ByteBuffer.allocate(1 + 50 * 4).order(ByteOrder.LITTLE_ENDIAN).put((byte) 9);
            float[] stored = new float[50];
            for (int i = 0; i < 50; i++) {
                stored[i] = put(data, dtype, values[i]);
            }
            byte[] bytes = Arrays.copyOf(data.array(), data.position());
            Path file = file("{\"t\":{\"dtype\":\"" + dtype + "\",\"shape\":[50],\"data_offsets\":[1," + bytes.length + "]}}", bytes);
            try (SafetensorsFile read = SafetensorsFile.open(file)) {
                HostBuffer wide = poisoned(DType.F32, 50);
                read.read("t", wide, true);
                assertArrayEquals(stored, wide.toFloats(), dtype);
                HostBuffer narrow = scope.allocateHost("narrow", DType.BF16, 50);
                read.read("t", narrow, true);
                for (int i = 0; i < 50; i++) {
                    short bits = narrow.segment().getAtIndex(ValueLayout.JAVA_SHORT, i);
                    assertEquals(FloatCopy.toBfloat16(stored[i]), bits, dtype);
                }
            }
        }
    }

    @Test
    void refusesWhatIsNotFiniteByName() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(1).putFloat(Float.NaN);
        try (SafetensorsFile read = SafetensorsFile.open(file(entry("F32", "[2]", "[0,8]"), data.array()))) {
            refused("the tensor 't' is not finite at element 1", () -> read.read("t", poisoned(DType.F32, 2), true));
            HostBuffer values = scope.allocateHost("values", DType.F32, 2);
            read.read("t", values, false);
            assertEquals(Float.NaN, values.getFloat(1));
        }
    }

    @Test
    void refusesUnknownTypesOnlyWhenRead() throws IOException {
        try (SafetensorsFile read = SafetensorsFile.open(file(entry("F4", "[3]", "[0,2]"), new byte[2]))) {
            refused("has dtype F4", () -> read.read("t", poisoned(DType.F32, 3), true));
        }
    }

    @Test
    void refusesHeadersThatCannotBe() throws IOException {
        refusedHeader(entry("F32", "[2]", "[0,4]"), "needs 8 bytes, but its data_offsets span 4");
        refusedHeader(entry("F32", "[4]", "[0,16]"), "do not lie within the 8 bytes");
        refusedHeader(entry("F32", "[1]", "[8,4]"), "do not lie within");
        refusedHeader(entry("F32", "[1]", "[-4,0]"), "which are no sizes");
        refusedHeader(entry("F32", "[1]", "[0,18446744073709551620]"), "which are no sizes");
        refusedHeader(entry("F32", "[1]", "[0]"), "do not lie within");
        refusedHeader(entry("F32", "[1.5]", "[0,6]"), "which are no sizes");
        refusedHeader(entry("F32", "[4611686018427387904,4]", "[0,0]"), "too large for any file");
        refusedHeader(entry("F32", "[4611686018427387904]", "[0,0]"), "too large for any file");
        refusedHeader(entry("F32", "2", "[0,8]"), "has no list shape");
        refusedHeader("{\"t\":{\"shape\":[1],\"data_offsets\":[0,4]}}", "has no dtype");
        refusedHeader("{\"t\":7}", "'t' has no dtype");
        refusedHeader("[]", "no JSON object");
        refusedHeader("{\"t\":", "broken safetensors header");
        refusedHeader("{}{}", "broken safetensors header");
        String one = "\"%s\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}";
        refusedHeader("{" + one.formatted("t", 0, 4) + "," + one.formatted("t", 4, 8) + "}", "Duplicate");
        refusedHeader("{" + one.formatted("t", 0, 4) + "," + one.formatted("u", 3, 7) + "}", "'t' and 'u' overlap");
    }

    @Test
    void refusesTruncatedFiles() throws IOException {
        byte[] whole = Files.readAllBytes(file(entry("F32", "[2]", "[0,8]"), new byte[8]));
        for (int length = 0; length < whole.length; length++) {
            Path cut = Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(whole, length));
            BadInputException e = assertThrows(BadInputException.class, () -> SafetensorsFile.open(cut));
            assertTrue(e.getMessage().contains("cut.safetensors"), e.getMessage());
        }
        byte[] long1 = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(SafetensorsFile.MOST_HEADER_BYTES + 1).array();
        Path cut = Files.write(folder.resolve("cut.safetensors"), long1);
        refused("announces a header of 100000001 bytes", () -> SafetensorsFile.open(cut));
        refused("does not exist", () -> SafetensorsFile.open(folder.resolve("none")));
    }

    @Test
    void survivesAnyDamageToItsHeader() throws IOException {
        byte[] whole = Files.readAllBytes(file(entry("F32", "[2]", "[0,8]"), new byte[8]));
        Random random = new Random(3);
        for (int trial = 0; trial < 300; trial++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(whole.length - 8)] = (byte) random.nextInt();
            Path file = Files.write(folder.resolve("damaged.safetensors"), damaged);
            try (SafetensorsFile read = SafetensorsFile.open(file)) {
                read.tensors().values().stream().filter(tensor -> tensor.count() < 10)
                    .forEach(tensor -> tryRead(read, tensor));
            } catch (BadInputException e) {
                assertTrue(e.getMessage().contains("damaged.safetensors"), e.getMessage());
            }
        }
    }

    private void tryRead(SafetensorsFile file, TensorInfo tensor) {
        file.read(tensor.name(), scope.allocate("t", DType.F32, tensor.count()), true);
    }

    private static float put(ByteBuffer data, String dtype, float value) {
        return switch (dtype) {
            case "F32" -> {
                data.putFloat(value);
                yield value;
            }
            case "F16" -> {
                data.putShort(Float.floatToFloat16(value));
                yield Float.float16ToFloat(Float.floatToFloat16(value));
            }
            default -> {
                data.putShort(FloatCopy.toBfloat16(value));
                yield Float.intBitsToFloat(FloatCopy.toBfloat16(value) << 16);
            }
        };
    }

    private static String entry(String dtype, String shape, String offsets) {
        return "{\"t\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}";
    }

    private Path file(String header, byte[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        return Files.write(folder.resolve("x.safetensors"), bytes.putLong(json.length).put(json).put(data).array());
    }

    private void refusedHeader(String header, String reason) throws IOException {
        Path file = file(header, new byte[8]);
        refused(reason, () -> SafetensorsFile.open(file));
    }

    private static void refused(String reason, Executable call) {
        BadInputException e = assertThrows(BadInputException.class, call, reason);
        assertTrue(e.getMessage().contains(reason), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }

    private HostBuffer poisoned(DType dtype, int count) {
        HostBuffer buffer = scope.allocateHost("out", dtype, count);
        float[] poison = new float[count];
        Arrays.fill(poison, Float.NaN);
        return buffer.copyFrom(poison);
    }

    private static float[] floats(int count) {
        Random random = new Random(4);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
