package dev.panacea.pretraining;

import dev.panacea.autograd.Optimizer;
import dev.panacea.autograd.Recomputation;
import dev.panacea.autograd.Tape;
import dev.panacea.data.ArrowForm;
import dev.panacea.data.Batching;
import dev.panacea.data.Demonstration;
import dev.panacea.data.DemonstrationSet;
import dev.panacea.data.MicroBatches;
import dev.panacea.data.Split;
import dev.panacea.data.source.TextSource;
import dev.panacea.data.tokenized.TokenLimits;
import dev.panacea.data.tokenized.TokenizedDemonstrations;
import dev.panacea.data.tokenized.Tokenizing;
import dev.panacea.data.tokenized.Vocabulary;
import dev.panacea.kernels.Kernels;
import dev.panacea.objective.Objective;
import dev.panacea.objective.Policy;
import dev.panacea.objective.SftObjective;
import dev.panacea.preference.Linear;
import dev.panacea.preference.Preference;
import dev.panacea.preference.PreferenceSampler;
import dev.panacea.run.Checkpoint;
import dev.panacea.run.Run;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.training.Progress;
import dev.panacea.training.StopSignal;
import dev.panacea.training.Trainer;
import dev.panacea.training.TrainingLoop;
import dev.panacea.transformer.config.ConfigTree;
import dev.panacea.transformer.config.LlamaConfig;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.RowProjector;
import dev.panacea.transformer.model.TrainableLlama;
import dev.panacea.transformer.tokenizer.BytePairTrainer;
import dev.panacea.transformer.tokenizer.Tokenizer;
import dev.panacea.transformer.weights.ModelFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Trains all weights of a small Llama on plain text: a vocabulary is learned, every paragraph is a document, and the loss is the
 * mean negative log-likelihood of its tokens. The result is a model folder like any other.
 */
public final class Pretraining {
    private static final String BEGIN = "<s>";
    private static final String END = "</s>";
    private static final int BEGIN_ID = 0;
    private static final int END_ID = 1;
    private static final String TOKENIZER = "tokenizer.json";

    private final Device device;
    private final PretrainConfig config;
    private final Progress progress;
    private final StopSignal stop;

    public Pretraining(Device device, PretrainConfig config, Progress progress, StopSignal stop) {
        this.device = device;
        this.config = config;
        this.progress = progress;
        this.stop = stop;
    }

    /** What came out: mean loss a held-out token, in nats. */
    public record Result(long parameters, long trainingTokens, double heldOutLoss, double seconds) { }

    /**
     * Trains in a run folder, going on with what is there when {@code resume}, and writes the model to {@code target}.
     *
     * @throws BadInputException when the text cannot be read or is too short
     */
    public Result execute(Path folder, boolean resume, Path target) {
        try (Run run = resume ? Run.resume(folder) : Run.create(folder, ConfigTree.toYaml(config));
             MemoryScope memory = device.openScope("pretraining")) {
            prepare(folder);
            Kernels kernels = Kernels.on(device);
            LlamaConfig shape = config.model().llama(config.vocabulary(), BEGIN_ID, END_ID);
            TrainableLlama weights = new TrainableLlama(kernels, memory, shape);
            weights.initialize(new SplittableRandom(config.seed()), config.model().initStd());
            LlamaModel model = new LlamaModel(kernels, memory, shape, weights.tensors());
            try (TokenizedDemonstrations train = TokenizedDemonstrations.open(folder.resolve("train.arrow"));
                 TokenizedDemonstrations heldOut = TokenizedDemonstrations.open(folder.resolve("held-out.arrow"))) {
                Checkpoint.State end = train(run, memory, kernels, weights, new SftObjective(model, train));
                double loss = loss(model, memory, new SftObjective(model, heldOut));
                save(memory, kernels, shape, weights, folder.resolve(TOKENIZER), target);
                return new Result(shape.parameterCount(), end.tokens(), loss, end.seconds());
            }
        }
    }

    private Checkpoint.State train(Run run, MemoryScope memory, Kernels kernels, TrainableLlama weights,
                                   Objective objective) {
        Optimizer optimizer = new Optimizer(kernels, memory, weights.parameters(), config.optimizer().adamW());
        try (Trainer trainer = new Trainer(kernels, memory, weights.parameters(), Policy.PLAIN, objective, optimizer,
            new Batching(objective.items(), config.training().batch(), config.seed()),
            new PreferenceSampler.Fixed(Preference.vertex(1, 0)), new Linear(), config.optimizer().rate(config.training().steps()),
            new Trainer.Settings(false, config.training().tokenBudget(), config.training().recomputation(), config.optimizer().clip(),
                config.training().capture()))) {
            return new TrainingLoop(run, trainer, weights.parameters(), optimizer, config.training(), stop)
                .train("pretraining", objective.dimensions(), progress);
        }
    }

    /** Learns the vocabulary and tokenises the documents, unless an earlier process did. */
    private void prepare(Path folder) {
        if (Files.exists(folder.resolve("held-out.arrow"))) {
            return;
        }
        List<String> documents = new ArrayList<>();
        new TextSource.Plain(config.text()).forEach(text -> documents.addAll(Paragraphs.of(text, config.longestWords())));
        if (documents.size() < 2) {
            throw new BadInputException("the text has " + documents.size() + " paragraphs; name files with more in 'text'");
        }
        BytePairTrainer.train(documents, config.vocabulary(), List.of(BEGIN, END)).write(folder.resolve(TOKENIZER), Optional.of(BEGIN));
        try (Tokenizer tokenizer = Tokenizer.load(folder.resolve(TOKENIZER))) {
            Vocabulary vocabulary = new Vocabulary("trained here", config.vocabulary(), BEGIN_ID, END_ID);
            Tokenizing tokenizing = new Tokenizing(text -> tokenizer.encode(text, false), vocabulary,
                new TokenLimits(2, config.model().maxPositions()));
            var split = split(documents);
            progress.note("training documents: " + TokenizedDemonstrations.write(split.train(), tokenizing,
                folder.resolve("train.arrow"), ArrowForm.FILE));
            progress.note("held-out documents: " + TokenizedDemonstrations.write(split.heldOut(), tokenizing,
                folder.resolve("held-out.arrow"), ArrowForm.FILE));
        }
    }

    /** Documents have no prompt; to be parted, each goes by its own text. */
    private Split<DemonstrationSet> split(List<String> documents) {
        List<Demonstration> byText = documents.stream().map(document -> new Demonstration(document, document, 0)).toList();
        var split = new DemonstrationSet(List.of("text"), byText).split(config.heldOut(), config.seed());
        return new Split<>(withoutPrompts(split.train()), withoutPrompts(split.heldOut()));
    }

    private static DemonstrationSet withoutPrompts(DemonstrationSet set) {
        return new DemonstrationSet(set.dimensions(),
            set.demonstrations().stream().map(document -> new Demonstration("", document.response(), 0)).toList());
    }

    private double loss(LlamaModel model, MemoryScope memory, SftObjective objective) {
        double loss = 0;
        double tokens = 0;
        var parts = new MicroBatches(objective::tokens, objective::name).split(IntStream.range(0, objective.items()).toArray(),
            config.training().tokenBudget(), MicroBatches.Order.AS_GIVEN);
        for (int[] items : parts) {
            try (MemoryScope scope = memory.child("evaluation")) {
                Tape tape = Tape.withoutGradients(model.kernels(), scope);
                for (float value : objective.losses(tape, items, RowProjector.BASE, Recomputation.OFF).toFloats()) {
                    loss += value;
                }
            }
            tokens += IntStream.of(items).mapToDouble(item -> objective.weight(item, 0)).sum();
        }
        return loss / tokens;
    }

    /** Rounds the weights to bfloat16, half the bytes, and writes the folder. */
    private static void save(MemoryScope memory, Kernels kernels, LlamaConfig shape, TrainableLlama weights, Path tokenizer,
                             Path target) {
        try (MemoryScope scope = memory.child("export")) {
            ModelFolder.save(target, shape, name -> {
                Buffer values = weights.parameters().master(name);
                Buffer rounded = scope.allocate(name, DType.BF16, values.count());
                kernels.elementwise().cast(values.count(), values, rounded);
                return rounded;
            }, Optional.of(tokenizer));
        }
    }
}
