package dev.panacea.transformer.weights;

import com.fasterxml.jackson.databind.JsonNode;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Buffer;
import dev.panacea.transformer.config.ConfigTree;
import dev.panacea.transformer.config.LlamaConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The safetensors files of a model folder, one or a set of shards, and which of them holds which tensor. */
final class WeightFiles implements AutoCloseable {
    static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final Path folder;
    private final Map<String, SafetensorsFile> files = new HashMap<>();
    private final Map<String, SafetensorsFile> holders = new HashMap<>();

    private WeightFiles(Path folder) {
        this.folder = folder;
    }

    static WeightFiles open(Path folder) {
        WeightFiles weights = new WeightFiles(folder);
        try {
            if (Files.exists(folder.resolve(SINGLE))) {
                SafetensorsFile file = weights.file(SINGLE);
                file.tensors().keySet().forEach(name -> weights.holders.put(name, file));
            } else if (Files.exists(folder.resolve(INDEX))) {
                weights.openShards(ConfigTree.parse(folder.resolve(INDEX)).path("weight_map"));
            } else {
                throw new BadInputException(folder + " holds neither " + SINGLE + " nor " + INDEX
                    + "; weights in another format must be converted to safetensors first");
            }
            return weights;
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    private void openShards(JsonNode weightMap) {
        Path index = folder.resolve(INDEX);
        if (!weightMap.isObject()) {
            throw new BadInputException(index + " has no weight_map from tensor names to file names");
        }
        weightMap.properties().forEach(entry -> {
            String shard = entry.getValue().asText("");
            if (!shard.matches("[A-Za-z0-9_][A-Za-z0-9._-]*\\.safetensors")) {
                throw new BadInputException(index + " keeps '" + entry.getKey() + "' in '" + shard
                    + "', which is no plain name of a safetensors file in this folder");
            }
            SafetensorsFile file = file(shard);
            if (!file.tensors().containsKey(entry.getKey())) {
                throw new BadInputException(index + " keeps '" + entry.getKey() + "' in " + shard + ", but it is not there");
            }
            holders.put(entry.getKey(), file);
        });
    }

    private SafetensorsFile file(String name) {
        return files.computeIfAbsent(name, key -> SafetensorsFile.open(folder.resolve(key)));
    }

    boolean has(String name) {
        return holders.containsKey(name);
    }

    void read(String name, Buffer target, boolean requireFinite) {
        holders.get(name).read(name, target, requireFinite);
    }

    FloatTensor floats(String name, long count) {
        return holders.get(name).floats(name, count);
    }

    /**
     * Refuses missing tensors, wrong shapes, and tensors inside the blocks that a Llama does not have: they would change what the
     * model computes. Stored rotary tables and anything outside the blocks are ignored.
     */
    void check(LlamaConfig config) {
        if (config.layers() > holders.size()) {
            throw new BadInputException(folder + " holds " + holders.size() + " tensors, too few for the " + config.layers()
                + " layers of its config.json");
        }
        Map<String, List<Long>> expected = TensorNames.shapes(config);
        expected.forEach((name, shape) -> checkOne(name, shape, config));
        holders.forEach((name, file) -> {
            if (name.startsWith(TensorNames.LAYERS) && !expected.containsKey(name) && !name.endsWith("rotary_emb.inv_freq")) {
                throw new BadInputException(file.path() + " holds '" + name + "', which a Llama of " + config.layers()
                    + " layers does not have; config.json does not describe these weights");
            }
        });
    }

    private void checkOne(String name, List<Long> shape, LlamaConfig config) {
        if (!has(name)) {
            if (config.tieEmbeddings() && (name.equals(TensorNames.HEAD) || has(TensorNames.HEAD) && name.equals(TensorNames.EMBEDDING))) {
                return;
            }
            throw new BadInputException(folder + " has no tensor '" + name + "', which its config.json calls for");
        }
        SafetensorsFile file = holders.get(name);
        List<Long> found = file.tensors().get(name).shape();
        if (!found.equals(shape)) {
            throw new BadInputException(file.path() + ": the tensor '" + name + "' has shape " + found + ", but config.json calls for "
                + shape);
        }
    }

    @Override
    public void close() {
        files.values().forEach(SafetensorsFile::close);
    }
}
