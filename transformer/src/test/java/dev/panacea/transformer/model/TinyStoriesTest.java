package dev.panacea.transformer.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.autograd.Recomputation;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.logprob.LinearLogProb;
import dev.panacea.kernels.sampling.Sampling;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.Fixtures;
import dev.panacea.transformer.config.LlamaConfig;
import dev.panacea.transformer.generation.Generator;
import dev.panacea.transformer.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real trained model against numbers of an independent float64 forward, and against our own. */
class TinyStoriesTest {
    /** Float32 through two blocks: logits of size 5 are off by some 1e-5. */
    private static final double LOGIT_ERROR = 1e-4;

    private Path folder;
    private JsonNode golden;
    private HostDevice device;
    private MemoryScope scope;
    private TrainableLlama weights;
    private LlamaModel model;

    @BeforeEach
    void load() throws IOException {
        folder = Fixtures.path("tinystories-656k");
        golden = new ObjectMapper().readTree(folder.resolve("golden_float64.json").toFile());
        device = new HostDevice(2);
        scope = device.openScope("model");
        LlamaConfig config = LlamaConfig.read(folder.resolve("config.json"));
        weights = new TrainableLlama(Kernels.on(device), scope, config);
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
            weights.parameters().tensors().forEach((name, tensor) ->
                file.read(name.equals("model.embed_tokens.weight") ? "lm_head.weight" : name, tensor.buffer(), true));
        }
        model = new LlamaModel(Kernels.on(device), scope, config, weights.tensors());
    }

    @AfterEach
    void close() {
        if (device != null) {
            scope.close();
            device.close();
        }
    }

    @Test
    void logitsAreTheGoldenOnes() {
        int[] prompt = ints("prompt_ids");
        int vocabulary = model.config().vocabularySize();
        float[] logits = logits(prompt);
        JsonNode first = golden.get("logits_last_pos_first8");
        for (int i = 0; i < first.size(); i++) {
            assertEquals(first.get(i).asDouble(), logits[(prompt.length - 1) * vocabulary + i], LOGIT_ERROR);
        }
        JsonNode normalisers = golden.get("logsumexp_each_pos");
        for (int t = 0; t < prompt.length; t++) {
            double[] row = new double[vocabulary];
            int from = t * vocabulary;
            Arrays.setAll(row, i -> logits[from + i]);
            assertEquals(normalisers.get(t).asDouble(), Float64Llama.logSumExp(row), LOGIT_ERROR);
        }
        RelativeError.assertAtMost(1e-5, "logits",
            RelativeError.flat(new Float64Llama(model.config()).with(weights).logits(prompt)), logits);
    }

    private float[] logits(int[] ids) {
        try (MemoryScope work = scope.child("forward")) {
            Tape tape = Tape.withoutGradients(model.kernels(), work);
            Tensor hidden = model.hidden(tape, TokenBatch.of(work, PackedSequences.ofLengths(ids.length), ids), Projector.BASE,
                Recomputation.OFF);
            HostBuffer logits = work.allocateHost("logits", DType.F32, (long) ids.length * model.config().vocabularySize());
            model.kernels().linearLogProb().logits(
                new LinearLogProb.Shape(ids.length, model.config().hiddenSize(), model.config().vocabularySize()), hidden.buffer(),
                model.tensors().head().buffer(), logits);
            return logits.toFloats();
        }
    }

    /** Every margin between the best two tokens is larger than the error, so all ids must be the golden ones. */
    @Test
    void greedyContinuationsAreTheGoldenOnes() {
        assertTrue(golden.get("min_top2_margin").asDouble() > LOGIT_ERROR && golden.get("bos_min_margin").asDouble() > LOGIT_ERROR);
        assertContinues(ints("greedy_ids"), ints("prompt_ids").length);
        assertContinues(ints("bos_only_greedy_ids"), 1);
    }

    private void assertContinues(int[] expected, int prompt) {
        var settings = new Generator.Settings(Sampling.Settings.GREEDY, expected.length - prompt, List.of(), 0);
        int[] found = new Generator(model).generate(scope, List.of(Arrays.copyOf(expected, prompt)), RowProjector.BASE, settings)
            .getFirst();
        assertArrayEquals(Arrays.copyOfRange(expected, prompt, expected.length), found);
    }

    private int[] ints(String name) {
        int[] values = new int[golden.get(name).size()];
        Arrays.setAll(values, i -> golden.get(name).get(i).asInt());
        return values;
    }
}
