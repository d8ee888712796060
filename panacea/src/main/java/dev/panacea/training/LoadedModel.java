package dev.panacea.training;

import dev.panacea.autograd.Tensor;
import dev.panacea.config.ModelConfig;
import dev.panacea.config.TrainConfig;
import dev.panacea.data.tokenized.Encoder;
import dev.panacea.data.tokenized.Vocabulary;
import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.Precision;
import dev.panacea.transformer.config.LlamaConfig;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.LlamaTensors;
import dev.panacea.transformer.tokenizer.Tokenizer;
import dev.panacea.transformer.tokenizer.TokenizerOptions;
import dev.panacea.transformer.weights.LayerWeights;
import dev.panacea.transformer.weights.ModelFolder;
import dev.panacea.transformer.weights.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.OptionalInt;

/** A frozen model on a device with its tokenizer, and the memory that they and all work on them live in. */
public final class LoadedModel implements AutoCloseable {
    private final MemoryScope memory;
    private final Precision precision;
    private final LlamaModel model;
    private final Tokenizer tokenizer;
    private final Vocabulary vocabulary;

    private LoadedModel(MemoryScope memory, Precision precision, LlamaModel model, Tokenizer tokenizer, Vocabulary vocabulary) {
        this.memory = memory;
        this.precision = precision;
        this.model = model;
        this.tokenizer = tokenizer;
        this.vocabulary = vocabulary;
    }

    /**
     * Reads a model folder.
     *
     * @param given on whose device it will be
     * @throws BadInputException when the folder, its weights or its tokenizer cannot be used, or not at this precision on this device
     */
    public static LoadedModel open(Kernels given, ModelConfig config) {
        Kernels kernels = config.adapterWay().on(given);
        Precision precision = config.precision().on(kernels);
        MemoryScope memory = kernels.device().openScope("model");
        try (ModelFolder folder = ModelFolder.open(config.folder())) {
            LlamaConfig shape = folder.config();
            LlamaModel model = new LlamaModel(kernels, memory, shape,
                frozen(shape, folder.load(memory, precision.weights(), kernels.activations())));
            Path tokenizerFile = folder.tokenizerFile();
            Tokenizer tokenizer = Tokenizer.load(tokenizerFile, new TokenizerOptions(!config.leadingSpace(), OptionalInt.empty()));
            if (tokenizer.vocabularySize() > shape.vocabularySize()) {
                throw new BadInputException(tokenizerFile + " has " + tokenizer.vocabularySize() + " tokens, but the model only "
                    + shape.vocabularySize() + "; they do not belong together");
            }
            return new LoadedModel(memory, precision, model, tokenizer, vocabulary(config, shape, tokenizerFile));
        } catch (RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    /**
     * The model of a training run, with positions for the longest sequence that its data may be cut to.
     *
     * @throws BadInputException as above, and when it has fewer
     */
    public static LoadedModel open(Kernels kernels, TrainConfig config) {
        LoadedModel loaded = open(kernels, config.model());
        int positions = loaded.model.config().maxPositions();
        // the last token of a response is asked for but never read
        int longest = config.data().maxPromptTokens() + config.data().maxResponseTokens() - 1;
        if (longest > positions) {
            loaded.close();
            throw new BadInputException("data.max_prompt_tokens and data.max_response_tokens, " + config.data().maxPromptTokens() + " and "
                + config.data().maxResponseTokens() + ", make sequences of " + longest + " tokens, but the model in "
                + config.model().folder() + " has " + positions + " positions; lower one of them");
        }
        return loaded;
    }

    private static Vocabulary vocabulary(ModelConfig config, LlamaConfig shape, Path tokenizerFile) {
        if (shape.eosIds().isEmpty()) {
            throw new BadInputException("the config.json in " + config.folder() + " has no eos_token_id, so responses cannot end; add it");
        }
        int bos = config.beginOfText() ? shape.bosId().orElse(-1) : -1;
        return new Vocabulary(hash(tokenizerFile), shape.vocabularySize(), bos, shape.eosIds().getFirst());
    }

    private static String hash(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static LlamaTensors frozen(LlamaConfig config, Weights weights) {
        Tensor embedding = matrix(weights.embedding(), config.vocabularySize(), config.hiddenSize());
        Tensor head = weights.head() == weights.embedding() ? embedding
            : matrix(weights.head(), config.vocabularySize(), config.hiddenSize());
        return new LlamaTensors(embedding, head, norm(weights.finalNorm()),
            weights.layers().stream().map(layer -> frozen(config, layer)).toList());
    }

    private static LlamaTensors.Layer frozen(LlamaConfig config, LayerWeights layer) {
        int hidden = config.hiddenSize();
        int feedForward = config.intermediateSize();
        return new LlamaTensors.Layer(norm(layer.inputNorm()), matrix(layer.q(), config.queryWidth(), hidden),
            matrix(layer.k(), config.kvWidth(), hidden), matrix(layer.v(), config.kvWidth(), hidden),
            matrix(layer.o(), hidden, config.queryWidth()), norm(layer.postNorm()), matrix(layer.gate(), feedForward, hidden),
            matrix(layer.up(), feedForward, hidden), matrix(layer.down(), hidden, feedForward));
    }

    private static Tensor matrix(Buffer buffer, int rows, int columns) {
        return Tensor.constant(buffer, rows, columns);
    }

    private static Tensor norm(Buffer buffer) {
        return Tensor.constant(buffer, Math.toIntExact(buffer.count()));
    }

    public MemoryScope memory() {
        return memory;
    }

    /** Of its matrix products. */
    public Precision precision() {
        return precision;
    }

    public LlamaModel model() {
        return model;
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** Text to ids without special tokens. */
    public Encoder encoder() {
        return text -> tokenizer.encode(text, false);
    }

    /** A prompt to continue: the model's first token, where it has one, and the text. */
    public int[] promptTokens(String text) {
        int[] ids = tokenizer.encode(text, false);
        if (vocabulary.bos() < 0) {
            return ids;
        }
        int[] prompt = new int[ids.length + 1];
        prompt[0] = vocabulary.bos();
        System.arraycopy(ids, 0, prompt, 1, ids.length);
        return prompt;
    }

    @Override
    public void close() {
        tokenizer.close();
        memory.close();
    }
}
