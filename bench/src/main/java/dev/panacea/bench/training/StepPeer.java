package dev.panacea.bench.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.panacea.autograd.Recomputation;
import dev.panacea.bench.device.TorchPeer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Training steps of PyTorch, asked for in turns. */
record StepPeer(TorchPeer torch) {
    static final String SCRIPT = "step.py";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double ALPHA = 32;

    /** By what PyTorch does the same mathematics. */
    enum Way {
        /** transformers and peft. */
        PEFT,
        /** Plain PyTorch. */
        EAGER,
        /** The same, each block compiled. */
        COMPILED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param error why there is nothing else; null when there is */
    record Answer(double[] milliseconds, long peakBytes, double loss, String error) { }

    /** Empty where no Python has PyTorch. */
    static Optional<StepPeer> of(Optional<TorchPeer> started) {
        return started.filter(torch -> torch.absence().isEmpty()).map(StepPeer::new);
    }

    Answer time(StepShape shape, Way way, int warmUp, int steps) {
        JsonNode answer = torch.ask(question(shape, way, warmUp, steps));
        return answer.has("error") ? new Answer(new double[0], 0, Double.NaN, answer.get("error").asText())
            : new Answer(JSON.convertValue(answer.get("milliseconds"), double[].class), answer.path("peak_bytes").asLong(),
                answer.path("loss").asDouble(), null);
    }

    private static Map<String, Object> question(StepShape shape, Way way, int warmUp, int steps) {
        Map<String, Object> question = new LinkedHashMap<>();
        question.put("way", way.toString());
        question.put("hidden", shape.config().hiddenSize());
        question.put("feed_forward", shape.config().intermediateSize());
        question.put("layers", shape.config().layers());
        question.put("heads", shape.config().heads());
        question.put("key_value_heads", shape.config().kvHeads());
        question.put("vocabulary", shape.config().vocabularySize());
        question.put("theta", shape.config().ropeTheta());
        question.put("epsilon", shape.config().rmsNormEpsilon());
        question.put("rank", StepShape.RANK);
        question.put("alpha", ALPHA);
        question.put("objective", shape.objective().toString());
        question.put("beta", StepData.BETA);
        question.put("sequences", shape.sequences());
        question.put("length", shape.length());
        question.put("prompt", shape.prompt());
        question.put("recompute", shape.recomputation() == Recomputation.FULL);
        question.put("warm_up", warmUp);
        question.put("steps", steps);
        return question;
    }
}
