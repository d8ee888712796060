package dev.panacea.transformer.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.panacea.runtime.BadInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON header of a safetensors file, every number in it checked against the file before anyone uses it.
 *
 * @param tensors by name, in the header's order
 * @param metadata free text by key
 */
record SafetensorsHeader(Map<String, TensorInfo> tensors, Map<String, String> metadata) {
    private static final String METADATA = "__metadata__";

    /** Bits of one element, of the types whose layout is known; a tensor of another type is only refused when it is read. */
    private static final Map<String, Integer> BITS = Map.ofEntries(Map.entry("F64", 64), Map.entry("F32", 32), Map.entry("F16", 16),
        Map.entry("BF16", 16), Map.entry("I64", 64), Map.entry("I32", 32), Map.entry("I16", 16), Map.entry("I8", 8),
        Map.entry("U64", 64), Map.entry("U32", 32), Map.entry("U16", 16), Map.entry("U8", 8), Map.entry("BOOL", 8),
        Map.entry("F8_E4M3", 8), Map.entry("F8_E5M2", 8));

    private static final ObjectMapper JSON = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    /**
     * @param dataBytes bytes of the file after the header
     * @throws BadInputException in one sentence that names file and tensor
     */
    static SafetensorsHeader parse(Path file, byte[] json, long dataBytes) {
        JsonNode root = tree(file, json);
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        root.properties().forEach(entry -> {
            if (entry.getKey().equals(METADATA)) {
                entry.getValue().properties().forEach(pair -> metadata.put(pair.getKey(), pair.getValue().asText()));
            } else {
                tensors.put(entry.getKey(), new Entry(file, entry.getKey(), entry.getValue()).check(dataBytes));
            }
        });
        refuseOverlaps(file, tensors);
        return new SafetensorsHeader(tensors, metadata);
    }

    private static JsonNode tree(Path file, byte[] json) {
        try {
            JsonNode root = JSON.readTree(json);
            if (root.isObject()) {
                return root;
            }
        } catch (JsonProcessingException e) {
            throw new BadInputException(file + " has a broken safetensors header: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new BadInputException(file + " has a safetensors header that is no UTF-8 text", e);
        }
        throw new BadInputException(file + " has a safetensors header that is no JSON object");
    }

    private static void refuseOverlaps(Path file, Map<String, TensorInfo> tensors) {
        List<TensorInfo> byPlace = new ArrayList<>(tensors.values());
        byPlace.removeIf(tensor -> tensor.begin() == tensor.end());
        byPlace.sort(Comparator.comparingLong(TensorInfo::begin));
        for (int i = 1; i < byPlace.size(); i++) {
            TensorInfo before = byPlace.get(i - 1);
            TensorInfo tensor = byPlace.get(i);
            if (tensor.begin() < before.end()) {
                throw new BadInputException(file + ": the tensors '" + before.name() + "' and '" + tensor.name() + "' overlap");
            }
        }
    }

    /** One tensor's entry while it is being checked. */
    private record Entry(Path file, String name, JsonNode node) {

        TensorInfo check(long dataBytes) {
            String dtype = node.path("dtype").asText("");
            if (dtype.isEmpty()) {
                throw refusal("has no dtype");
            }
            List<Long> offsets = wholes("data_offsets");
            if (offsets.size() != 2 || offsets.get(0) > offsets.get(1) || offsets.get(1) > dataBytes) {
                throw refusal("has data_offsets " + node.path("data_offsets") + ", which do not lie within the "
                    + dataBytes + " bytes of data");
            }
            TensorInfo tensor = new TensorInfo(name, dtype, wholes("shape"), offsets.get(0), offsets.get(1));
            checkSize(tensor);
            return tensor;
        }

        private void checkSize(TensorInfo tensor) {
            Integer bits = BITS.get(tensor.dtype());
            try {
                long bytes = Math.multiplyExact(tensor.count(), bits == null ? 1 : bits / 8);
                if (bits != null && bytes != tensor.end() - tensor.begin()) {
                    throw refusal("of shape " + tensor.shape() + " and dtype " + tensor.dtype() + " needs " + bytes
                        + " bytes, but its data_offsets span " + (tensor.end() - tensor.begin()));
                }
            } catch (ArithmeticException e) {
                throw refusal("has a shape too large for any file: " + tensor.shape());
            }
        }

        private List<Long> wholes(String key) {
            JsonNode array = node.path(key);
            if (!array.isArray()) {
                throw refusal("has no list " + key);
            }
            List<Long> values = new ArrayList<>();
            for (JsonNode value : array) {
                if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
                    throw refusal("has " + key + " " + array + ", which are no sizes");
                }
                values.add(value.longValue());
            }
            return values;
        }

        private BadInputException refusal(String why) {
            return new BadInputException(file + ": the tensor '" + name + "' " + why);
        }
    }
}
