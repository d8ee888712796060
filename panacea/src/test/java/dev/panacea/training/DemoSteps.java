package dev.panacea.training;

import dev.panacea.autograd.Tensor;
import dev.panacea.config.TrainConfig;
import dev.panacea.data.PreferenceSet;
import dev.panacea.demo.OwnResponses;
import dev.panacea.kernels.Kernels;
import dev.panacea.reward.Brevity;
import dev.panacea.reward.Liveliness;
import dev.panacea.run.Metrics;
import dev.panacea.run.RunFolder;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.transformer.model.LlamaTensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The first steps of the bundled demo, on whatever device: its model, its configuration, batches, draws of λ and learning rates, by the
 * code that runs it. All devices train on the pairs that float32 on the host sampled.
 */
final class DemoSteps {
    private static final Path CONFIG = Path.of(System.getProperty("panacea.home", ".."), "examples", "war-and-peace",
        "demo.yaml");
    private static final int PROMPT_TOKENS = 10;
    private static final int RESPONSE_TOKENS = 56;
    private static final long SEED = 17;
    // a float32 number has 16 bits more than a bfloat16 one
    private static final float BF16_ULPS = 1 << 16;

    private final Path folder;
    private final int steps;
    private final TrainConfig config;
    private final PreferenceSet pairs;

    /**
     * @param folder for the runs
     * @param prompts that the model answers twice, fewer than the demo's
     * @param changes to the demo's configuration
     */
    DemoSteps(Path folder, int prompts, int steps, List<String> changes) {
        this.folder = folder;
        this.steps = steps;
        config = TrainConfig.read(CONFIG, changes);
        try (HostDevice host = new HostDevice(); LoadedModel model = LoadedModel.open(Kernels.on(host), config)) {
            OwnResponses.Settings samples = new OwnResponses.Settings(prompts, PROMPT_TOKENS, RESPONSE_TOKENS, SEED);
            pairs = new OwnResponses(model, samples, Progress.SILENT).pairs(List.of(new Brevity(), new Liveliness()));
        }
    }

    /** In float32 on the host. */
    List<Metrics> exact() {
        try (HostDevice host = new HostDevice()) {
            return run("exact", Kernels.on(host), model -> { });
        }
    }

    /**
     * As {@link #exact}, with every weight of the policy displaced by up to half of its last place in bfloat16, as far as rounding would
     * move a weight of a file in float32. The reference policy keeps the weights of the file.
     */
    List<Metrics> displaced(long seed) {
        Random random = new Random(seed);
        try (HostDevice host = new HostDevice()) {
            return run("displaced " + seed, Kernels.on(host), model -> matrices(model.model().tensors())
                .forEach(tensor -> displace(tensor, random)));
        }
    }

    /** In bfloat16 on the host. */
    List<Metrics> rounded() {
        try (HostDevice host = new HostDevice()) {
            return run("rounded", Kernels.on(host, DType.BF16), model -> { });
        }
    }

    List<Metrics> on(String name, Kernels kernels) {
        return run(name, kernels, model -> { });
    }

    private List<Metrics> run(String name, Kernels kernels, Consumer<LoadedModel> beforeTraining) {
        Path place = folder.resolve(name);
        StopSignal stop = new StopSignal();
        FirstSteps first = new FirstSteps(steps, stop, beforeTraining);
        try {
            new PreferenceRun(kernels, config, first, stop).execute(place, false, new PreferenceRun.Supply(pairs.dimensions(), model -> {
                first.model = model;
                return pairs;
            }));
            throw new IllegalStateException("the demo has no more than " + steps + " steps");
        } catch (StoppedException e) {
            return RunFolder.open(place).metrics();
        }
    }

    private static Stream<Tensor> matrices(LlamaTensors tensors) {
        return Stream.concat(Stream.of(tensors.embedding()), tensors.layers().stream().flatMap(layer -> Stream.of(layer.query(),
            layer.key(), layer.value(), layer.output(), layer.gate(), layer.up(), layer.down())));
    }

    private static void displace(Tensor tensor, Random random) {
        float[] values = tensor.buffer().toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] += (random.nextFloat() - 0.5f) * Math.ulp(values[i]) * BF16_ULPS;
        }
        tensor.buffer().copyFrom(values);
    }

    /** Ends the run after some steps of training, and lets the model be changed before the first. */
    private static final class FirstSteps implements Progress {
        private final int steps;
        private final StopSignal stop;
        private final Consumer<LoadedModel> beforeTraining;
        private LoadedModel model;

        FirstSteps(int steps, StopSignal stop, Consumer<LoadedModel> beforeTraining) {
            this.steps = steps;
            this.stop = stop;
            this.beforeTraining = beforeTraining;
        }

        @Override
        public Stage start(String what, long total) {
            return what.equals("training") ? training() : SILENT.start(what, total);
        }

        private Stage training() {
            beforeTraining.accept(model);
            return new Stage() {
                private long done;

                @Override
                public void advance(long amount, String detail) {
                    done += amount;
                    if (done == steps) {
                        stop.request();
                    }
                }

                @Override
                public void close() { }
            };
        }

        @Override
        public void note(String line) { }
    }
}
