package dev.panacea.bench.device;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * PyTorch in a process beside this one, which times its own work when it is asked to, so that both take turns on one card. Where there
 * is no Python or no PyTorch, {@link #absence} says so and nothing may be asked.
 */
public final class TorchPeer implements AutoCloseable {
    /** What PyTorch's attention may run on. */
    enum Backend { FLASH, CUDNN }

    /** Times in milliseconds, or why there are none. */
    record Answer(double[] milliseconds, String error) { }

    /** What all scripts import. */
    private static final String SHARED = "peer.py";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final Process process;
    private final Writer ask;
    private final BufferedReader answers;
    private final JsonNode greeting;

    private TorchPeer(String python, String name) throws IOException {
        folder = Files.createTempDirectory("panacea");
        try {
            for (String file : List.of(SHARED, name)) {
                try (InputStream source = TorchPeer.class.getResourceAsStream(file)) {
                    Files.copy(source, folder.resolve(file));
                }
            }
            process = start(new ProcessBuilder(python, folder.resolve(name).toString()));
        } catch (IOException e) {
            deleteFolder();
            throw e;
        }
        ask = process.outputWriter();
        answers = process.inputReader();
        greeting = read();
    }

    private static Process start(ProcessBuilder builder) throws IOException {
        // else Python leaves what it compiled beside the scripts
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    private void deleteFolder() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    /** PyTorch's attention; see {@link #start(String, String)}. */
    static Optional<TorchPeer> start(String python) {
        return start(python, "sdpa.py");
    }

    /**
     * @param python the interpreter, found in PATH when it is a bare name; empty when it cannot be started
     * @param script beside this class, what it runs: it answers each line of JSON with one
     */
    public static Optional<TorchPeer> start(String python, String script) {
        try {
            return Optional.of(new TorchPeer(python, script));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Why nothing can be asked; empty when it can. */
    public Optional<String> absence() {
        return greeting.has("error") ? Optional.of(greeting.get("error").asText()) : Optional.empty();
    }

    /** Versions of the peer that {@code python} is, or why it is none. */
    public static String description(Optional<TorchPeer> started, String python) {
        return started.map(peer -> peer.absence().orElseGet(peer::versions)).orElse(python + " cannot be started");
    }

    /** Versions of PyTorch, CUDA and cuDNN. */
    public String versions() {
        return "PyTorch " + greeting.path("torch").asText() + ", CUDA " + greeting.path("cuda").asText() + ", cuDNN "
            + greeting.path("cudnn").asText();
    }

    Answer time(AttentionShape shape, boolean backward, Backend backend, int warmUp, int repeats, long flushBytes) {
        Map<String, Object> question = new LinkedHashMap<>();
        question.put("tokens", shape.tokens());
        question.put("heads", shape.heads());
        question.put("key_value_heads", shape.keyValueHeads());
        question.put("dimension", shape.dimension());
        question.put("causal", shape.causal());
        question.put("backend", backend.name().toLowerCase(Locale.ROOT));
        question.put("backward", backward);
        question.put("warm_up", warmUp);
        question.put("repeats", repeats);
        question.put("flush_bytes", flushBytes);
        JsonNode answer = ask(question);
        return answer.has("error") ? new Answer(new double[0], answer.get("error").asText())
            : new Answer(JSON.convertValue(answer.get("milliseconds"), double[].class), null);
    }

    /** Its answer to {@code question}; {@code error} says why there is none. */
    public JsonNode ask(Map<String, Object> question) {
        try {
            ask.write(JSON.writeValueAsString(question) + "\n");
            ask.flush();
            return read();
        } catch (IOException e) {
            throw new UncheckedIOException("PyTorch cannot be asked any more", e);
        }
    }

    private JsonNode read() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            return JSON.createObjectNode().put("error", "Python ended without an answer");
        }
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode().put("error", "Python answered: " + line);
        }
    }

    @Override
    public void close() {
        try {
            ask.close();
            process.waitFor();
            deleteFolder();
        } catch (IOException e) {
            throw new UncheckedIOException("PyTorch's process cannot be ended", e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
