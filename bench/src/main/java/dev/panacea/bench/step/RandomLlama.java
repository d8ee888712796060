package dev.panacea.bench.step;

import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.Precision;
import dev.panacea.transformer.config.LlamaConfig;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.LlamaTensors;
import dev.panacea.transformer.model.TrainableLlama;
import java.util.List;
import java.util.SplittableRandom;

/** A frozen Llama of any shape with random weights. */
final class RandomLlama {
    private static final double STD = 0.02;

    private final Kernels kernels;
    private final MemoryScope scope;
    private final Precision precision;

    private RandomLlama(Kernels kernels, MemoryScope scope, Precision precision) {
        this.kernels = kernels;
        this.scope = scope;
        this.precision = precision;
    }

    /** The model in {@code scope}, its matrices stored as {@code precision} has them. */
    static LlamaModel of(Kernels kernels, MemoryScope scope, LlamaConfig config, Precision precision, long seed) {
        try (MemoryScope masters = scope.child("masters")) {
            TrainableLlama trainable = new TrainableLlama(kernels, masters, config);
            trainable.initialize(new SplittableRandom(seed), STD);
            return new LlamaModel(kernels, scope, config, new RandomLlama(kernels, scope, precision).frozen(trainable.tensors()));
        }
    }

    private LlamaTensors frozen(LlamaTensors tensors) {
        Tensor embedding = matrix(tensors.embedding());
        Tensor head = tensors.head() == tensors.embedding() ? embedding : matrix(tensors.head());
        List<LlamaTensors.Layer> layers = tensors.layers().stream().map(this::frozen).toList();
        return new LlamaTensors(embedding, head, norm(tensors.finalNorm()), layers);
    }

    private LlamaTensors.Layer frozen(LlamaTensors.Layer layer) {
        LlamaTensors.Layer copy = layer.map((projection, weight) -> matrix(weight));
        return new LlamaTensors.Layer(norm(layer.attentionNorm()), copy.query(), copy.key(), copy.value(), copy.output(),
            norm(layer.mlpNorm()), copy.gate(), copy.up(), copy.down());
    }

    private Tensor matrix(Tensor master) {
        Buffer copy = scope.allocate("weights", precision.weights(), master.count());
        kernels.elementwise().cast(master.count(), master.buffer(), copy);
        return Tensor.constant(copy, master.shape());
    }

    private Tensor norm(Tensor master) {
        Buffer copy = scope.allocate("norm", master.buffer().dtype(), master.count());
        kernels.elementwise().copy(master.count(), master.buffer(), copy);
        return Tensor.constant(copy, master.shape());
    }
}
