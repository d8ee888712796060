package dev.panacea.transformer.weights;

import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.config.LlamaConfig;
import dev.panacea.runtime.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A Llama as a Hugging Face folder: {@code config.json}, safetensors weights (one file or shards), {@code tokenizer.json}. */
public final class ModelFolder implements AutoCloseable {
    private static final String CONFIG = "config.json";
    private static final String TOKENIZER = "tokenizer.json";

    private final Path folder;
    private final LlamaConfig config;
    private final WeightFiles files;

    private ModelFolder(Path folder, LlamaConfig config, WeightFiles files) {
        this.folder = folder;
        this.config = config;
        this.files = files;
    }

    /**
     * Opens a folder and checks that the names and shapes of its tensors are those that its configuration calls for. With tied
     * embeddings the file may hold the embedding or the head; of both, the embedding counts.
     *
     * @throws BadInputException in one sentence, when anything is missing, broken or does not fit
     */
    public static ModelFolder open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new BadInputException("the model folder " + folder + " does not exist");
        }
        LlamaConfig config = LlamaConfig.read(folder.resolve(CONFIG));
        WeightFiles files = WeightFiles.open(folder);
        try {
            files.check(config);
            return new ModelFolder(folder, config, files);
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    public LlamaConfig config() {
        return config;
    }

    /**
     * Where the tokenizer is.
     *
     * @throws BadInputException when the folder has none
     */
    public Path tokenizerFile() {
        Path file = folder.resolve(TOKENIZER);
        if (Files.isRegularFile(file)) {
            return file;
        }
        throw new BadInputException("the model folder " + folder + " has no " + TOKENIZER);
    }

    /**
     * Reads all weights into buffers of {@code scope}, on any device: matrices and norms as F32 or BF16.
     *
     * @throws BadInputException naming the tensor, when one holds NaN or infinity or has a type that cannot be read
     */
    public Weights load(MemoryScope scope, DType matrices, DType norms) {
        return load(scope, matrices, norms, true);
    }

    /** {@link #load(MemoryScope, DType, DType)}, where {@code requireFinite} says whether NaN and infinity are refused. */
    public Weights load(MemoryScope scope, DType matrices, DType norms, boolean requireFinite) {
        return new WeightLoader(files, config, scope, matrices, norms).load(requireFinite);
    }

    /**
     * Writes a folder that {@link #open} reads: weights in the dtypes of their buffers, then the tokenizer, then the configuration,
     * so that a folder with a configuration is complete.
     */
    public static void save(Path folder, LlamaConfig config, Weights weights, Optional<Path> tokenizer) {
        save(folder, config, TensorNames.named(config, weights), tokenizer);
    }

    /** {@link #save(Path, LlamaConfig, Weights, Optional)} of buffers found by the names in {@link TensorNames}. */
    public static void save(Path folder, LlamaConfig config, Function<String, Buffer> bufferOf, Optional<Path> tokenizer) {
        save(folder, config, TensorNames.named(config, bufferOf), tokenizer);
    }

    private static void save(Path folder, LlamaConfig config, List<NamedTensor> tensors, Optional<Path> tokenizer) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new BadInputException("the model folder " + folder + " cannot be made: " + e.getMessage(), e);
        }
        SafetensorsWriter.write(folder.resolve(WeightFiles.SINGLE), tensors, Map.of("format", "pt"));
        tokenizer.ifPresent(file -> AtomicFile.write(folder.resolve(TOKENIZER), sink -> sink.write(content(file))));
        config.write(folder.resolve(CONFIG));
    }

    private static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new BadInputException("the tokenizer " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Unmaps the files; loaded weights stay. */
    @Override
    public void close() {
        files.close();
    }
}
