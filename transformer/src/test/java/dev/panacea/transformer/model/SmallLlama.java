package dev.panacea.transformer.model;

import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.rotary.RotaryScaling;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.config.LlamaConfig;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/** A random Llama of awkward sizes on a device of its own: trainable, frozen, and as a float64 reference. */
public final class SmallLlama implements AutoCloseable {
    /** Two layers, 4 query heads on 2 key heads, and heads whose widths do not sum up to the hidden size. */
    public static final LlamaConfig CONFIG = config(true, new RotaryScaling.None());

    private final Kernels kernels;
    private final MemoryScope scope;
    private final LlamaConfig config;
    private final TrainableLlama trainable;

    public SmallLlama(LlamaConfig config, long seed) {
        this(Kernels.on(new HostDevice(2)), config, seed);
    }

    /** @param kernels whose device closes with the model */
    public SmallLlama(Kernels kernels, LlamaConfig config, long seed) {
        this.kernels = kernels;
        scope = kernels.device().openScope("small model");
        this.config = config;
        trainable = new TrainableLlama(kernels, scope, config);
        Random random = new Random(seed);
        trainable.initialize(random, 0.3);
        trainable.parameters().tensors().forEach((name, tensor) -> {
            if (name.contains("norm")) {
                float[] weights = new float[(int) tensor.count()];
                for (int i = 0; i < weights.length; i++) {
                    weights[i] = 1 + 0.2f * (float) random.nextGaussian();
                }
                trainable.parameters().master(name).copyFrom(weights);
            }
        });
        trainable.parameters().refreshCopies();
    }

    public static LlamaConfig config(boolean tied, RotaryScaling scaling) {
        return new LlamaConfig(12, 20, 2, 4, 2, 6, 23, 48, 1e-5, 100, scaling, tied, OptionalInt.of(0), List.of(1));
    }

    public Kernels kernels() {
        return kernels;
    }

    public MemoryScope scope() {
        return scope;
    }

    public LlamaConfig config() {
        return config;
    }

    public TrainableLlama trainable() {
        return trainable;
    }

    /** The model with every weight trained. */
    public LlamaModel trainedModel() {
        return new LlamaModel(kernels, scope, config, trainable.tensors());
    }

    /** The model with every weight constant. */
    public LlamaModel frozenModel() {
        return frozenModel(kernels.activations());
    }

    /** The model with every weight constant and its matrices of that type. */
    public LlamaModel frozenModel(DType matrices) {
        LlamaTensors own = trainable.tensors();
        Tensor embedding = constant(own.embedding(), matrices);
        Tensor head = own.head() == own.embedding() ? embedding : constant(own.head(), matrices);
        List<LlamaTensors.Layer> layers = own.layers().stream().map(layer -> {
            LlamaTensors.Layer frozen = layer.map((projection, weight) -> constant(weight, matrices));
            return new LlamaTensors.Layer(constant(layer.attentionNorm(), kernels.activations()), frozen.query(), frozen.key(),
                frozen.value(), frozen.output(), constant(layer.mlpNorm(), kernels.activations()), frozen.gate(), frozen.up(),
                frozen.down());
        }).toList();
        return new LlamaModel(kernels, scope, config,
            new LlamaTensors(embedding, head, constant(own.finalNorm(), kernels.activations()), layers));
    }

    private Tensor constant(Tensor weight, DType dtype) {
        Buffer copy = scope.allocate("frozen weight", dtype, weight.count());
        kernels.elementwise().cast(weight.count(), weight.buffer(), copy);
        return Tensor.constant(copy, weight.shape());
    }

    public Float64Llama reference() {
        return new Float64Llama(config).with(trainable);
    }

    @Override
    public void close() {
        scope.close();
        kernels.device().close();
    }
}
