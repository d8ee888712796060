package dev.panacea.training;

import dev.panacea.autograd.Optimizer;
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
import dev.panacea.objective.DpoObjective;
import dev.panacea.objective.Objective;
import dev.panacea.objective.ReferenceLogProbs;
import dev.panacea.objective.SftObjective;
import dev.panacea.preference.PreferenceSampler;
import dev.panacea.preference.Scalarization;
import dev.panacea.run.LearningRate;
import dev.panacea.runtime.HostBuffer;
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
import java.util.OptionalInt;
import java.util.Random;

/** A random frozen Llama with an adapter, and random pairs judged in two dimensions: everything a trainer needs, in milliseconds. */
public final class SmallTask implements AutoCloseable {
    public static final int PAIRS = 12;
    private static final int VOCABULARY = 28;
    private static final LlamaConfig CONFIG = new LlamaConfig(12, 20, 2, 4, 2, 6, VOCABULARY, 64, 1e-5, 100, new RotaryScaling.None(),
        true, OptionalInt.of(0), List.of(1));
    private static final AdapterLayout LAYOUT = new AdapterLayout(3, 6, 0.3, true, List.of(Projection.values()), List.of());

    private final HostDevice device = new HostDevice(2);
    private final Kernels kernels = Kernels.on(device);
    private final MemoryScope memory = device.openScope("task");
    private final LlamaModel model;
    private final SvdLoraAdapter adapter;
    private final TokenizedPairs pairs;
    private final TokenizedDemonstrations demonstrations;
    private final Optimizer optimizer;

    /** @param folder for the tokenised data */
    public SmallTask(Path folder) {
        TrainableLlama weights = new TrainableLlama(kernels, memory, CONFIG);
        weights.initialize(new Random(1), 0.3);
        model = new LlamaModel(kernels, memory, CONFIG, frozen(weights.tensors()));
        adapter = new SvdLoraAdapter(kernels, memory, LAYOUT.resolve(CONFIG, 2), 2);
        adapter.initialize(new Random(2));
        Tokenizing tokenizing = new Tokenizing(text -> text.chars().map(letter -> letter - 'a' + 2).toArray(),
            new Vocabulary("letters", VOCABULARY, 0, 1), new TokenLimits(12, 20));
        TokenizedPairs.write(preferences(), tokenizing, folder.resolve("pairs.arrow"), ArrowForm.FILE);
        TokenizedDemonstrations.write(preferences().demonstrations(), tokenizing, folder.resolve("preferred.arrow"), ArrowForm.FILE);
        pairs = TokenizedPairs.open(folder.resolve("pairs.arrow"));
        demonstrations = TokenizedDemonstrations.open(folder.resolve("preferred.arrow"));
        optimizer = new Optimizer(kernels, memory, adapter.parameters(), new AdamW.Settings(0.9f, 0.95f, 1e-8f, 0.01f));
    }

    private static LlamaTensors frozen(LlamaTensors trained) {
        Tensor embedding = frozen(trained.embedding());
        return new LlamaTensors(embedding, embedding, frozen(trained.finalNorm()), trained.layers().stream()
            .map(layer -> new LlamaTensors.Layer(frozen(layer.attentionNorm()), frozen(layer.query()), frozen(layer.key()),
                frozen(layer.value()), frozen(layer.output()), frozen(layer.mlpNorm()), frozen(layer.gate()), frozen(layer.up()),
                frozen(layer.down()))).toList());
    }

    private static Tensor frozen(Tensor trained) {
        return Tensor.constant(trained.buffer(), trained.shape());
    }

    /** The first half is judged in both dimensions, often oppositely, the second in the first alone. */
    private static PreferenceSet preferences() {
        Random random = new Random(3);
        List<PreferencePair> list = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            byte first = (byte) (random.nextBoolean() ? 1 : -1);
            byte second = (byte) (i >= PAIRS / 2 ? 0 : random.nextBoolean() ? 1 : -1);
            list.add(new PreferencePair("pair-" + i, letters(random), letters(random), letters(random), new byte[] {first, second}));
        }
        return new PreferenceSet(List.of("helpful", "brief"), list);
    }

    private static String letters(Random random) {
        return random.ints(2 + random.nextInt(14), 'a', 'z').collect(StringBuilder::new, StringBuilder::appendCodePoint,
            StringBuilder::append).toString();
    }

    /** Sets σ and s to random values, so that every parameter has a gradient. */
    public SmallTask withTrainedAdapter() {
        Random random = new Random(4);
        adapter.parameters().tensors().forEach((name, tensor) -> {
            if (name.endsWith(".sigma") || name.endsWith(".s")) {
                HostBuffer values = HostBuffer.of(tensor.buffer());
                for (int i = 0; i < values.count(); i++) {
                    values.setFloat(i, (float) random.nextGaussian());
                }
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
        return new Trainer(kernels, memory, adapter.parameters(), lambda -> adapter.at(lambda, SvdLoraLinear.Path.UNMERGED), objective,
            optimizer, new Batching(objective.items(), batch, 5), new PreferenceSampler.VertexMix(6, 2), scalarization,
            new LearningRate(LearningRate.Schedule.COSINE, 1e-2, 10, 0.2), settings);
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

    public TokenizedDemonstrations demonstrations() {
        return demonstrations;
    }

    Optimizer optimizer() {
        return optimizer;
    }

    @Override
    public void close() {
        pairs.close();
        demonstrations.close();
        memory.close();
        device.close();
    }
}
