package dev.panacea.training;

import dev.panacea.autograd.Optimizer;
import dev.panacea.autograd.ParameterSet;
import dev.panacea.autograd.Tensor;
import dev.panacea.data.ArrowForm;
import dev.panacea.data.Batching;
import dev.panacea.data.PreferencePair;
import dev.panacea.data.PreferenceSet;
import dev.panacea.data.tokenized.TokenLimits;
import dev.panacea.data.tokenized.TokenizedDemonstrations;
import dev.panacea.data.tokenized.TokenizedPairs;
import dev.panacea.data.tokenized.Tokenizing;
import dev.panacea.data.tokenized.Vocabulary;
import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.optimizer.AdamW;
import dev.panacea.kernels.rotary.RotaryScaling;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.objective.AdapterPolicy;
import dev.panacea.objective.DpoObjective;
import dev.panacea.objective.Objective;
import dev.panacea.objective.Policy;
import dev.panacea.objective.ReferenceLogProbs;
import dev.panacea.objective.SftObjective;
import dev.panacea.preference.Linear;
import dev.panacea.preference.PreferenceSampler;
import dev.panacea.preference.Scalarization;
import dev.panacea.run.LearningRate;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.adapter.AdapterLayout;
import dev.panacea.transformer.adapter.Projection;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import dev.panacea.transformer.config.LlamaConfig;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.LlamaTensors;
import dev.panacea.transformer.model.TrainableLlama;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;

/** A random frozen Llama with an adapter, and random pairs judged in two dimensions: everything a trainer needs, in milliseconds. */
public final class SmallTask implements AutoCloseable {
    public static final int PAIRS = 12;
    private static final int VOCABULARY = 28;
    // attention on a CUDA device takes multiples of 8
    private static final int HEAD = 8;
    private static final AdapterLayout LAYOUT = new AdapterLayout(3, 6, 0.3, true, List.of(Projection.values()), List.of());

    private final Kernels kernels;
    private final MemoryScope memory;
    private final TrainableLlama weights;
    private final LlamaModel model;
    private final SvdLoraAdapter adapter;
    private final TokenizedPairs pairs;
    private final TokenizedDemonstrations demonstrations;
    private final Optimizer optimizer;
    private final List<Trainer> trainers = new ArrayList<>();

    /**
     * On the host, with an embedding that is its head too.
     *
     * @param folder for the tokenised data
     */
    public SmallTask(Path folder) {
        this(folder, Kernels.on(new HostDevice(2)), true);
    }

    /**
     * @param kernels whose device closes with the task
     * @param tied whether the embedding is the head too
     */
    SmallTask(Path folder, Kernels kernels, boolean tied) {
        this(folder, kernels, tied, OptionalInt.empty());
    }

    /** @param letters of every prompt and response; empty for lengths that differ */
    SmallTask(Path folder, Kernels kernels, boolean tied, OptionalInt letters) {
        this.kernels = kernels;
        memory = kernels.device().openScope("task");
        LlamaConfig config = new LlamaConfig(12, 20, 2, 4, 2, HEAD, VOCABULARY, 64, 1e-5, 100, new RotaryScaling.None(), tied,
            OptionalInt.of(0), List.of(1));
        weights = new TrainableLlama(kernels, memory, config);
        weights.initialize(new Random(1), 0.3);
        model = new LlamaModel(kernels, memory, config, frozen(weights.tensors()));
        adapter = new SvdLoraAdapter(kernels, memory, LAYOUT.resolve(config, 2), 2);
        adapter.initialize(new Random(2));
        Tokenizing tokenizing = new Tokenizing(text -> text.chars().map(letter -> letter - 'a' + 2).toArray(),
            new Vocabulary("letters", VOCABULARY, 0, 1), new TokenLimits(12, 20));
        TokenizedPairs.write(preferences(letters), tokenizing, folder.resolve("pairs.arrow"), ArrowForm.FILE);
        TokenizedDemonstrations.write(preferences(letters).demonstrations(), tokenizing, folder.resolve("preferred.arrow"), ArrowForm.FILE);
        pairs = TokenizedPairs.open(folder.resolve("pairs.arrow"));
        demonstrations = TokenizedDemonstrations.open(folder.resolve("preferred.arrow"));
        optimizer = new Optimizer(kernels, memory, adapter.parameters(), new AdamW.Settings(0.9f, 0.95f, 1e-8f, 0.01f));
    }

    private static LlamaTensors frozen(LlamaTensors trained) {
        Tensor embedding = frozen(trained.embedding());
        Tensor head = trained.head() == trained.embedding() ? embedding : frozen(trained.head());
        return new LlamaTensors(embedding, head, frozen(trained.finalNorm()), trained.layers().stream()
            .map(layer -> new LlamaTensors.Layer(frozen(layer.attentionNorm()), frozen(layer.query()), frozen(layer.key()),
                frozen(layer.value()), frozen(layer.output()), frozen(layer.mlpNorm()), frozen(layer.gate()), frozen(layer.up()),
                frozen(layer.down()))).toList());
    }

    private static Tensor frozen(Tensor trained) {
        return Tensor.constant(trained.buffer(), trained.shape());
    }

    /** The first half is judged in both dimensions, often oppositely, the second in the first alone. */
    private static PreferenceSet preferences(OptionalInt letters) {
        Random random = new Random(3);
        List<PreferencePair> list = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            byte first = (byte) (random.nextBoolean() ? 1 : -1);
            byte second = (byte) (i >= PAIRS / 2 ? 0 : random.nextBoolean() ? 1 : -1);
            list.add(new PreferencePair("pair-" + i, text(random, letters), text(random, letters), text(random, letters),
                new byte[] {first, second}));
        }
        return new PreferenceSet(List.of("helpful", "brief"), list);
    }

    private static String text(Random random, OptionalInt letters) {
        return random.ints(letters.orElseGet(() -> 2 + random.nextInt(14)), 'a', 'z')
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    /** Rounds weights and adapter to numbers that BF16 holds. */
    SmallTask withRoundedWeights() {
        round(weights.parameters());
        round(adapter.parameters());
        return this;
    }

    private void round(ParameterSet parameters) {
        Buffer values = parameters.values();
        try (MemoryScope scope = memory.child("rounding")) {
            Buffer rounded = scope.allocate("rounded", DType.BF16, values.count());
            kernels.elementwise().cast(values.count(), values, rounded);
            kernels.elementwise().cast(values.count(), rounded, values);
        }
        parameters.refreshCopies();
    }

    /** Sets σ and s to random values, so that every parameter has a gradient. */
    public SmallTask withTrainedAdapter() {
        return withTrainedAdapter(1);
    }

    /** @param deviation of those values */
    SmallTask withTrainedAdapter(double deviation) {
        Random random = new Random(4);
        adapter.parameters().tensors().forEach((name, tensor) -> {
            if (name.endsWith(".sigma") || name.endsWith(".s")) {
                float[] values = new float[(int) tensor.count()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (deviation * random.nextGaussian());
                }
                tensor.buffer().copyFrom(values);
            }
        });
        return this;
    }

    public DpoObjective dpo(double beta) {
        return new DpoObjective(model, pairs, ReferenceLogProbs.compute(memory, model, pairs, 100, done -> { }), beta);
    }

    public SftObjective sft() {
        return new SftObjective(model, demonstrations);
    }

    public Trainer trainer(Objective objective, int batch, Scalarization scalarization, Trainer.Settings settings) {
        return closing(new Trainer(kernels, memory, adapter.parameters(),
            new AdapterPolicy(adapter, Optional.of(SvdLoraLinear.Path.UNMERGED)), objective, optimizer,
            new Batching(objective.items(), batch, 5), new PreferenceSampler.VertexMix(6, 2), scalarization,
            new LearningRate(LearningRate.Schedule.COSINE, 1e-2, 10, 0.2), settings));
    }

    /** Trains all weights on the demonstrations, without an adapter. */
    Trainer trainerOfWeights(int batch, Trainer.Settings settings) {
        LlamaModel trained = model.with(weights.tensors());
        return closing(new Trainer(kernels, memory, weights.parameters(), Policy.PLAIN, new SftObjective(trained, demonstrations),
            new Optimizer(kernels, memory, weights.parameters(), new AdamW.Settings(0.9f, 0.95f, 1e-8f, 0.01f)),
            new Batching(demonstrations.size(), batch, 5), new PreferenceSampler.VertexMix(6, 2), new Linear(),
            new LearningRate(LearningRate.Schedule.CONSTANT, 1e-2, 10, 0), settings));
    }

    private Trainer closing(Trainer trainer) {
        trainers.add(trainer);
        return trainer;
    }

    ParameterSet weights() {
        return weights.parameters();
    }

    public MemoryScope memory() {
        return memory;
    }

    public LlamaModel model() {
        return model;
    }

    public SvdLoraAdapter adapter() {
        return adapter;
    }

    TokenizedPairs pairs() {
        return pairs;
    }

    public TokenizedDemonstrations demonstrations() {
        return demonstrations;
    }

    Optimizer optimizer() {
        return optimizer;
    }

    @Override
    public void close() {
        trainers.forEach(Trainer::close);
        pairs.close();
        demonstrations.close();
        memory.close();
        kernels.device().close();
    }
}
