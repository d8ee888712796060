package dev.panacea.bench.device;

import com.fasterxml.jackson.databind.JsonNode;
import dev.panacea.bench.device.AdapterShape.Pass;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** An adapted layer in PyTorch: LoRA or this project's mathematics, as written or compiled, and LoRA of the library PEFT. */
enum TorchAdapter {
    LORA, LORA_COMPILED, SVD, SVD_COMPILED, PEFT;

    static final String SCRIPT = "adapter.py";

    String spelled() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Asks for times; autograd runs no backward without its forward, so of a backward alone there are none. */
    TorchPeer.Answer time(TorchPeer peer, AdapterShape shape, Pass pass, int warmUp, int repeats, long flushBytes) {
        Map<String, Object> question = new LinkedHashMap<>();
        question.put("rows", shape.rows());
        question.put("inputs", shape.inputs());
        question.put("outputs", shape.outputs());
        question.put("rank", shape.rank());
        question.put("form", name().toLowerCase(Locale.ROOT).replace("_compiled", ""));
        question.put("compiled", name().endsWith("_COMPILED"));
        question.put("backward", pass.backward());
        question.put("warm_up", warmUp);
        question.put("repeats", repeats);
        question.put("flush_bytes", flushBytes);
        JsonNode answer = peer.ask(question);
        if (answer.has("error")) {
            return new TorchPeer.Answer(new double[0], answer.get("error").asText());
        }
        JsonNode times = answer.path("milliseconds");
        double[] milliseconds = new double[times.size()];
        for (int i = 0; i < milliseconds.length; i++) {
            milliseconds[i] = times.get(i).asDouble();
        }
        return new TorchPeer.Answer(milliseconds, null);
    }
}
