package dev.panacea.transformer.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.panacea.kernels.rotary.RotaryScaling;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.Fixtures;
import dev.panacea.transformer.adapter.Projection;
import dev.panacea.transformer.config.ConfigTree;
import dev.panacea.transformer.config.LlamaConfig;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {
    private static final LlamaConfig UNTIED = config(false);
    private static final LlamaConfig TIED = config(true);

    @TempDir
    private Path folder;
    private HostDevice device;
    private MemoryScope scope;

    @BeforeEach
    void openScope() {
        device = new HostDevice(2);
        scope = device.openScope("test");
    }

    @AfterEach
    void closeScope() {
        scope.close();
        device.close();
    }

    @Test
    void loadsTinyStories() {
        Path path = Fixtures.path("tinystories-656k");
        try (ModelFolder model = ModelFolder.open(path); SafetensorsFile file = SafetensorsFile.open(path.resolve("model.safetensors"))) {
            Weights exact = model.load(scope, DType.F32, DType.F32);
            Weights rounded = model.load(scope, DType.BF16, DType.F32);
            assertSame(exact.embedding(), exact.head());
            assertEquals(2048 * 128, exact.head().count());
            assertEquals(2, exact.layers().size());
            LayerWeights layer = exact.layers().get(1);
            for (Projection projection : Projection.values()) {
                assertEquals((long) projection.inputs(model.config()) * projection.outputs(model.config()),
                    layer.matrix(projection).count());
                assertSameValues(layer.matrix(projection), rounded.layers().get(1).matrix(projection));
            }
            assertEquals(64 * 128, layer.k().count());
            assertEquals(DType.F32, rounded.layers().get(0).inputNorm().dtype());
            assertEquals(DType.BF16, rounded.embedding().dtype());
            HostBuffer head = scope.allocateHost("head", DType.F32, 2048 * 128);
            file.read("lm_head.weight", head, true);
            assertArrayEquals(head.toFloats(), HostBuffer.of(exact.embedding()).toFloats());
            assertEquals(path.resolve("tokenizer.json"), model.tokenizerFile());
        }
    }

    @Test
    void givesBackWhatItSaved() throws IOException {
        Path tokenizer = Files.writeString(folder.resolve("other.json"), "{}");
        for (LlamaConfig config : List.of(TIED, UNTIED)) {
            Path target = folder.resolve("tied-" + config.tieEmbeddings());
            save(target, config, unchanged -> { });
            try (ModelFolder model = ModelFolder.open(target)) {
                Weights weights = model.load(scope, DType.F32, DType.F32);
                assertEquals(config.tieEmbeddings(), weights.embedding() == weights.head());
                assertThrows(BadInputException.class, model::tokenizerFile);
                Path again = folder.resolve("again-" + config.tieEmbeddings());
                ModelFolder.save(again, config, weights, Optional.of(tokenizer));
                try (ModelFolder copy = ModelFolder.open(again)) {
                    assertEquals(config, copy.config());
                    assertEquals("{}", Files.readString(copy.tokenizerFile()));
                    assertEqualTensors(weights, copy.load(scope, DType.F32, DType.F32), config);
                }
            }
        }
    }

    @Test
    void readsShards() throws IOException {
        save(folder, UNTIED, unchanged -> { });
        Weights whole;
        try (ModelFolder model = ModelFolder.open(folder)) {
            whole = model.load(scope, DType.F32, DType.F32);
        }
        Files.delete(folder.resolve("model.safetensors"));
        shard(Map.of());
        try (ModelFolder model = ModelFolder.open(folder)) {
            assertEqualTensors(whole, model.load(scope, DType.F32, DType.F32), UNTIED);
        }
    }

    @Test
    void refusesShardsElsewhere() throws IOException {
        save(folder, UNTIED, unchanged -> { });
        Files.delete(folder.resolve("model.safetensors"));
        for (String name : List.of("../a.safetensors", "/etc/a.safetensors", "..", "sub/a.safetensors", "a.bin", "", ".a.safetensors")) {
            shard(Map.of("lm_head.weight", name));
            refused("keeps 'lm_head.weight' in '" + name + "', which is no plain name");
        }
        shard(Map.of("lm_head.weight", "b.safetensors"));
        refused("keeps 'lm_head.weight' in b.safetensors, but it is not there");
        shard(Map.of("lm_head.weight", "c.safetensors"));
        refused("c.safetensors does not exist");
        Files.writeString(folder.resolve("model.safetensors.index.json"), "{}");
        refused("has no weight_map");
    }

    @Test
    void takesEitherNameOfATiedMatrix() throws IOException {
        for (String missing : List.of(TensorNames.HEAD, TensorNames.EMBEDDING)) {
            save(folder, TIED, tensors -> {
                tensors.put(TensorNames.HEAD, renamed(TensorNames.HEAD, tensors.get(TensorNames.EMBEDDING)));
                tensors.remove(missing);
            });
            try (ModelFolder model = ModelFolder.open(folder)) {
                Weights weights = model.load(scope, DType.F32, DType.F32);
                assertSame(weights.embedding(), weights.head());
            }
        }
        save(folder, TIED, tensors -> tensors.remove(TensorNames.EMBEDDING));
        refused("has no tensor 'model.embed_tokens.weight'");
        save(folder, UNTIED, tensors -> tensors.remove(TensorNames.HEAD));
        refused("has no tensor 'lm_head.weight'");
        save(folder, UNTIED, unchanged -> { });
        try (ModelFolder model = ModelFolder.open(folder)) {
            Weights weights = model.load(scope, DType.F32, DType.F32);
            assertNotSame(weights.embedding(), weights.head());
        }
    }

    @Test
    void refusesWhatTheConfigurationDoesNotDescribe() throws IOException {
        save(folder, UNTIED, tensors -> tensors.remove("model.layers.1.mlp.up_proj.weight"));
        refused("has no tensor 'model.layers.1.mlp.up_proj.weight'");
        save(folder, UNTIED, tensors -> tensors.put("model.layers.0.self_attn.q_proj.weight",
            tensor("model.layers.0.self_attn.q_proj.weight", 16, 8)));
        refused("has shape [16, 8], but config.json calls for [8, 16]");
        save(folder, UNTIED, tensors -> tensors.put("x", tensor("model.layers.0.self_attn.q_proj.bias", 8)));
        refused("holds 'model.layers.0.self_attn.q_proj.bias', which a Llama of 2 layers does not have");
        save(folder, UNTIED, tensors -> tensors.put("x", tensor("model.layers.2.mlp.up_proj.weight", 24, 16)));
        refused("holds 'model.layers.2.mlp.up_proj.weight'");
        LlamaConfig endless = new LlamaConfig(16, 24, Integer.MAX_VALUE, 2, 1, 4, 10, 32, 1e-5, 1e4, new RotaryScaling.None(), true,
            OptionalInt.empty(), List.of());
        save(folder, UNTIED, unchanged -> { });
        endless.write(folder.resolve("config.json"));
        refused("too few for the 2147483647 layers");
    }

    @Test
    void ignoresTensorsThatChangeNothing() throws IOException {
        save(folder, UNTIED, tensors -> {
            tensors.put("x", tensor("model.layers.0.self_attn.rotary_emb.inv_freq", 2));
            tensors.put("y", tensor("something.else", 3));
        });
        ModelFolder.open(folder).close();
    }

    @Test
    void refusesBrokenWeightsByName() throws IOException {
        save(folder, UNTIED, tensors -> HostBuffer.of(tensors.get("model.layers.1.self_attn.o_proj.weight").buffer())
            .setFloat(5, Float.POSITIVE_INFINITY));
        try (ModelFolder model = ModelFolder.open(folder)) {
            BadInputException e = assertThrows(BadInputException.class, () -> model.load(scope, DType.F32, DType.F32));
            assertTrue(e.getMessage().contains("'model.layers.1.self_attn.o_proj.weight' is not finite at element 5"), e.getMessage());
            assertEquals(2, model.load(scope, DType.F32, DType.F32, false).layers().size());
        }
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        refused("config.json does not exist");
        UNTIED.write(folder.resolve("config.json"));
        refused("holds neither model.safetensors nor model.safetensors.index.json");
        assertThrows(BadInputException.class, () -> ModelFolder.open(folder.resolve("none")));
    }

    private void refused(String reason) {
        BadInputException e = assertThrows(BadInputException.class, () -> ModelFolder.open(folder), reason);
        assertTrue(e.getMessage().contains(reason), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }

    /** Random weights as {@code config} calls for, changed, in a folder. */
    private void save(Path target, LlamaConfig config, Consumer<Map<String, NamedTensor>> change) throws IOException {
        Map<String, NamedTensor> tensors = new LinkedHashMap<>();
        TensorNames.shapes(config).forEach((name, shape) -> tensors.put(name,
            tensor(name, shape.stream().mapToInt(Long::intValue).toArray())));
        if (config.tieEmbeddings()) {
            tensors.remove(TensorNames.HEAD);
        }
        change.accept(tensors);
        Files.createDirectories(target);
        Files.deleteIfExists(target.resolve("model.safetensors.index.json"));
        SafetensorsWriter.write(target.resolve("model.safetensors"), List.copyOf(tensors.values()), Map.of());
        config.write(target.resolve("config.json"));
    }

    /** The tensors of an untied model, alternating between two shards; {@code moved} says otherwise in the index alone. */
    private void shard(Map<String, String> moved) {
        ObjectNode index = JsonNodeFactory.instance.objectNode();
        ObjectNode map = index.putObject("weight_map");
        Map<String, List<NamedTensor>> shards = Map.of("a.safetensors", new ArrayList<>(),
            "b.safetensors", new ArrayList<>());
        TensorNames.shapes(UNTIED).forEach((name, shape) -> {
            String shard = name.hashCode() % 2 == 0 || name.equals(TensorNames.HEAD) ? "a.safetensors" : "b.safetensors";
            shards.get(shard).add(tensor(name, shape.stream().mapToInt(Long::intValue).toArray()));
            map.put(name, moved.getOrDefault(name, shard));
        });
        shards.forEach((name, tensors) -> SafetensorsWriter.write(folder.resolve(name), tensors, Map.of()));
        ConfigTree.write(index, folder.resolve("model.safetensors.index.json"));
    }

    /** Values that depend on the name alone. */
    private NamedTensor tensor(String name, int... shape) {
        Random random = new Random(name.hashCode());
        List<Long> sizes = Arrays.stream(shape).asLongStream().boxed().toList();
        HostBuffer buffer = scope.allocateHost(name, DType.F32, sizes.stream().reduce(1L, Math::multiplyExact));
        for (long i = 0; i < buffer.count(); i++) {
            buffer.setFloat(i, (float) random.nextGaussian());
        }
        return new NamedTensor(name, sizes, buffer);
    }

    private static NamedTensor renamed(String name, NamedTensor tensor) {
        return new NamedTensor(name, tensor.shape(), tensor.buffer());
    }

    private static void assertEqualTensors(Weights expected, Weights found, LlamaConfig config) {
        List<NamedTensor> left = TensorNames.named(config, expected);
        List<NamedTensor> right = TensorNames.named(config, found);
        for (int i = 0; i < left.size(); i++) {
            assertEquals(left.get(i).name(), right.get(i).name());
            assertArrayEquals(HostBuffer.of(left.get(i).buffer()).toFloats(), HostBuffer.of(right.get(i).buffer()).toFloats(),
                left.get(i).name());
        }
    }

    /** The fixture's weights are exact in bfloat16. */
    private static void assertSameValues(Buffer wide, Buffer narrow) {
        for (long i = 0; i < wide.count(); i++) {
            int bits = HostBuffer.segment(narrow).getAtIndex(ValueLayout.JAVA_SHORT, i) << 16;
            assertEquals(HostBuffer.of(wide).getFloat(i), Float.intBitsToFloat(bits));
        }
    }

    private static LlamaConfig config(boolean tied) {
        return new LlamaConfig(16, 24, 2, 2, 1, 4, 10, 32, 1e-5, 1e4, new RotaryScaling.None(), tied, OptionalInt.of(1), List.of(2));
    }
}
