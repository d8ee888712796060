package dev.panacea.training.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.panacea.autograd.Optimizer;
import dev.panacea.autograd.Recomputation;
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
import dev.panacea.objective.AdapterPolicy;
import dev.panacea.objective.DpoObjective;
import dev.panacea.objective.Objective;
import dev.panacea.objective.ReferenceLogProbs;
import dev.panacea.objective.SftObjective;
import dev.panacea.preference.Linear;
import dev.panacea.preference.PreferenceSampler;
import dev.panacea.run.LearningRate;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.Precision;
import dev.panacea.runtime.simulator.SimulatedDriver;
import dev.panacea.runtime.simulator.SimulatorOptions;
import dev.panacea.training.Trainer;
import dev.panacea.transformer.adapter.AdapterLayout;
import dev.panacea.transformer.adapter.Projection;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import dev.panacea.transformer.config.LlamaConfig;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.LlamaTensors;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a step is planned to hold, beside what the same step held. */
class PlannedStepTest {
    private static final double TOLERANCE = 0.05;
    private static final int PAIRS = 4;
    private static final List<String> DIMENSIONS = List.of("one", "two");
    private static final LlamaConfig TINY = config(32, 48, 2, 4, 2, 90);
    private static final LlamaConfig WIDE = config(64, 160, 3, 4, 4, 700);
    private static final LlamaConfig NARROW_HEADS = config(48, 72, 1, 6, 2, 301);

    @TempDir
    private Path folder;

    private record Case(LlamaConfig shape, boolean sft, boolean lambdaPerItem, Recomputation recomputation, Precision precision) { }

    private static LlamaConfig config(int hidden, int feedForward, int layers, int heads, int kvHeads, int vocabulary) {
        return new LlamaConfig(hidden, feedForward, layers, heads, kvHeads, hidden / heads, vocabulary, 64, 1e-5, 100,
            new RotaryScaling.None(), false, OptionalInt.of(0), List.of(1));
    }

    private static Stream<Case> cases(LlamaConfig shape, Precision precision) {
        return Stream.of(Recomputation.values()).flatMap(recomputation -> IntStream.range(0, 4).mapToObj(i ->
            new Case(shape, i % 2 == 0, i / 2 == 0, recomputation, precision)));
    }

    static Stream<Arguments> onTheHost() {
        return Stream.of(cases(TINY, Precision.FLOAT32), cases(WIDE, Precision.BFLOAT16), cases(NARROW_HEADS, Precision.FLOAT32))
            .flatMap(stream -> stream).map(Arguments::of);
    }

    static Stream<Arguments> onTheSimulator() {
        return Stream.of(cases(TINY, Precision.BFLOAT16).filter(step -> !step.sft && step.lambdaPerItem),
            cases(NARROW_HEADS, Precision.BFLOAT16)
                .filter(step -> step.recomputation == Recomputation.SELECTIVE && step.sft && !step.lambdaPerItem))
            .flatMap(stream -> stream).map(Arguments::of);
    }

    // one thread, because it is chance how many of several hold scratch at once
    @ParameterizedTest
    @MethodSource("onTheHost")
    void isWhatAStepOnTheHostHolds(Case step) {
        requirePlanned(new HostDevice(1), step);
    }

    @Tag("cuda")
    @ParameterizedTest
    @MethodSource("onTheSimulator")
    void isWhatAStepOnTheSimulatorHolds(Case step) {
        assumeTrue(Kernels.carryPtx(), "this build carries no PTX");
        requirePlanned(CudaDevice.open(new SimulatedDriver(SimulatorOptions.defaults()), 0), step);
    }

    private void requirePlanned(Device device, Case step) {
        Path file = write(step);
        try (device; MemoryScope memory = device.openScope("step");
             TokenizedPairs pairs = step.sft ? null : TokenizedPairs.open(file);
             TokenizedDemonstrations demonstrations = step.sft ? TokenizedDemonstrations.open(file) : null) {
            Kernels kernels = Kernels.on(device);
            LlamaModel model = new LlamaModel(kernels, memory, step.shape, weights(kernels, memory, step));
            Objective objective = step.sft ? new SftObjective(model, demonstrations)
                : new DpoObjective(model, pairs, ReferenceLogProbs.compute(memory, model, pairs, 10_000, done -> { }), 0.1);
            device.resetPeak();
            try (Trainer trainer = trainer(step, kernels, kind -> memory, objective)) {
                trainer.step(0);
            }
            MemoryPlan plan = plan(step, kernels, objective);
            assertEquals(1, (double) plan.peakBytes() / device.peakBytes(), TOLERANCE,
                () -> "held " + device.peakBytes() + " bytes, planned:\n" + plan.table());
            assertEquals(plan.peakBytes(), plan.rows().values().stream().mapToLong(Long::longValue).sum());
        }
    }

    private static MemoryPlan plan(Case step, Kernels kernels, Objective objective) {
        try (PaperRun paper = new PaperRun(Place.of(kernels), step.shape, step.precision)) {
            try (Trainer trainer = trainer(step, paper.kernels(), paper::scope, objective.onPaper(paper.model()))) {
                trainer.step(0);
            }
            return paper.plan();
        }
    }

    private static Trainer trainer(Case step, Kernels kernels, Function<MemoryKind, MemoryScope> memory, Objective objective) {
        AdapterLayout layout = new AdapterLayout(3, 6, 0.3, true, List.of(Projection.values()), List.of());
        SvdLoraAdapter adapter = new SvdLoraAdapter(kernels, memory.apply(MemoryKind.ADAPTER), layout.resolve(step.shape, 2), 2);
        Optimizer optimizer = new Optimizer(kernels, memory.apply(MemoryKind.MOMENTS), adapter.parameters(),
            new AdamW.Settings(0.9f, 0.95f, 1e-8f, 0));
        return new Trainer(kernels, memory.apply(MemoryKind.ACTIVATIONS), adapter.parameters(), new AdapterPolicy(adapter), objective,
            optimizer, new Batching(objective.items(), objective.items(), 5), new PreferenceSampler.VertexMix(6, 2, 0, 1), new Linear(),
            new LearningRate(LearningRate.Schedule.CONSTANT, 1e-2, 10, 0),
            new Trainer.Settings(step.lambdaPerItem, 10_000, step.recomputation, 1));
    }

    private static LlamaTensors weights(Kernels kernels, MemoryScope memory, Case step) {
        LlamaConfig c = step.shape;
        Function<int[], Tensor> matrix = shape -> constant(kernels, memory, step.precision.weights(), shape);
        LlamaTensors.Layer layer = new LlamaTensors.Layer(null, null, null, null, null, null, null, null, null);
        return new LlamaTensors(matrix.apply(new int[] {c.vocabularySize(), c.hiddenSize()}),
            matrix.apply(new int[] {c.vocabularySize(), c.hiddenSize()}), norm(kernels, memory, c),
            IntStream.range(0, c.layers()).mapToObj(i -> {
                LlamaTensors.Layer own = layer.map((projection, none) ->
                    matrix.apply(new int[] {projection.outputs(c), projection.inputs(c)}));
                return new LlamaTensors.Layer(norm(kernels, memory, c), own.query(), own.key(), own.value(), own.output(),
                    norm(kernels, memory, c), own.gate(), own.up(), own.down());
            }).toList());
    }

    private static Tensor norm(Kernels kernels, MemoryScope memory, LlamaConfig config) {
        return constant(kernels, memory, kernels.activations(), config.hiddenSize());
    }

    private static Tensor constant(Kernels kernels, MemoryScope memory, DType dtype, int... shape) {
        Buffer buffer = memory.allocate("weight", dtype, Tensor.elements(shape));
        kernels.elementwise().fill(buffer.count(), 0.01f, buffer);
        return Tensor.constant(buffer, shape);
    }

    private Path write(Case step) {
        Random random = new Random(3);
        List<PreferencePair> pairs = IntStream.range(0, PAIRS).mapToObj(i -> new PreferencePair("pair " + i, letters(random),
            letters(random), letters(random), new byte[] {1, (byte) (i % 2 == 0 ? 1 : -1)})).toList();
        Tokenizing tokenizing = new Tokenizing(text -> text.chars().map(letter -> letter - 'a' + 2).toArray(),
            new Vocabulary("letters", step.shape.vocabularySize(), 0, 1), new TokenLimits(30, 30));
        Path file = folder.resolve("items.arrow");
        if (step.sft) {
            TokenizedDemonstrations.write(new PreferenceSet(DIMENSIONS, pairs).demonstrations(), tokenizing, file, ArrowForm.FILE);
        } else {
            TokenizedPairs.write(new PreferenceSet(DIMENSIONS, pairs), tokenizing, file, ArrowForm.FILE);
        }
        return file;
    }

    private static String letters(Random random) {
        return random.ints(3 + random.nextInt(25), 'a', 'z').collect(StringBuilder::new, StringBuilder::appendCodePoint,
            StringBuilder::append).toString();
    }
}
