package dev.panacea.transformer.model;

import dev.panacea.autograd.ParameterSet;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.adapter.Projection;
import dev.panacea.transformer.config.LlamaConfig;
import dev.panacea.transformer.weights.TensorNames;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** All weights of a Llama as trained parameters, under the names that Hugging Face model files use. */
public final class TrainableLlama {
    private final LlamaConfig config;
    private final ParameterSet parameters;

    /** Takes memory for values and gradients, both zero. */
    public TrainableLlama(Kernels kernels, MemoryScope scope, LlamaConfig config) {
        this.config = config;
        ParameterSet.Builder builder = new ParameterSet.Builder();
        TensorNames.shapes(config).forEach((name, shape) -> {
            if (!(config.tieEmbeddings() && name.equals(TensorNames.HEAD))) {
                builder.add(name, shape.stream().mapToInt(Math::toIntExact).toArray());
            }
        });
        parameters = builder.build(kernels, scope);
    }

    /**
     * Norms to 1 and matrices to N(0, std²); those that write into the residual stream are drawn smaller by √(2·layers), so
     * that the stream's variance does not grow with depth (Radford et al. 2019).
     */
    public void initialize(RandomGenerator random, double std) {
        double intoStream = std / Math.sqrt(2.0 * config.layers());
        draw(parameters.get(TensorNames.EMBEDDING), random, std);
        for (int layer = 0; layer < config.layers(); layer++) {
            fillWithOnes(parameters.get(TensorNames.inputNorm(layer)));
            fillWithOnes(parameters.get(TensorNames.postNorm(layer)));
            for (Projection projection : Projection.values()) {
                boolean writes = projection == Projection.O || projection == Projection.DOWN;
                draw(parameters.get(TensorNames.matrix(layer, projection)), random, writes ? intoStream : std);
            }
        }
        fillWithOnes(parameters.get(TensorNames.FINAL_NORM));
        if (!config.tieEmbeddings()) {
            draw(parameters.get(TensorNames.HEAD), random, std);
        }
    }

    private static void draw(Tensor tensor, RandomGenerator random, double std) {
        HostBuffer buffer = HostBuffer.of(tensor.buffer());
        for (long i = 0; i < tensor.count(); i++) {
            buffer.setFloat(i, (float) (random.nextGaussian() * std));
        }
    }

    private static void fillWithOnes(Tensor tensor) {
        HostBuffer buffer = HostBuffer.of(tensor.buffer());
        for (long i = 0; i < tensor.count(); i++) {
            buffer.setFloat(i, 1);
        }
    }

    public ParameterSet parameters() {
        return parameters;
    }

    /** The model's arrays, trained; embedding and head are one where tied. */
    public LlamaTensors tensors() {
        Tensor embedding = parameters.get(TensorNames.EMBEDDING);
        Tensor head = config.tieEmbeddings() ? embedding : parameters.get(TensorNames.HEAD);
        List<LlamaTensors.Layer> layers = IntStream.range(0, config.layers()).mapToObj(this::layer).toList();
        return new LlamaTensors(embedding, head, parameters.get(TensorNames.FINAL_NORM), layers);
    }

    private LlamaTensors.Layer layer(int layer) {
        return new LlamaTensors.Layer(parameters.get(TensorNames.inputNorm(layer)), matrix(layer, Projection.Q),
            matrix(layer, Projection.K), matrix(layer, Projection.V), matrix(layer, Projection.O),
            parameters.get(TensorNames.postNorm(layer)), matrix(layer, Projection.GATE), matrix(layer, Projection.UP),
            matrix(layer, Projection.DOWN));
    }

    private Tensor matrix(int layer, Projection projection) {
        return parameters.get(TensorNames.matrix(layer, projection));
    }
}
