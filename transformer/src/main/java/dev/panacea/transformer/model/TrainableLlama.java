package dev.panacea.transformer.model;

import dev.panacea.autograd.ParameterSet;
import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.adapter.Projection;
import dev.panacea.transformer.config.LlamaConfig;
import dev.panacea.transformer.weights.TensorNames;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** All weights of a Llama as trained parameters, under the names that Hugging Face model files use. */
public final class TrainableLlama {
    private final Kernels kernels;
    private final LlamaConfig config;
    private final ParameterSet parameters;

    /** Takes memory for values and gradients, both zero. */
    public TrainableLlama(Kernels kernels, MemoryScope scope, LlamaConfig config) {
        this.kernels = kernels;
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
        draw(TensorNames.EMBEDDING, random, std);
        for (int layer = 0; layer < config.layers(); layer++) {
            fillWithOnes(TensorNames.inputNorm(layer));
            fillWithOnes(TensorNames.postNorm(layer));
            for (Projection projection : Projection.values()) {
                boolean writes = projection == Projection.O || projection == Projection.DOWN;
                draw(TensorNames.matrix(layer, projection), random, writes ? intoStream : std);
            }
        }
        fillWithOnes(TensorNames.FINAL_NORM);
        if (!config.tieEmbeddings()) {
            draw(TensorNames.HEAD, random, std);
        }
        parameters.refreshCopies();
    }

    private void draw(String name, RandomGenerator random, double std) {
        Buffer master = parameters.master(name);
        float[] drawn = new float[Math.toIntExact(master.count())];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = (float) (random.nextGaussian() * std);
        }
        master.copyFrom(drawn);
    }

    private void fillWithOnes(String name) {
        Buffer master = parameters.master(name);
        kernels.elementwise().fill(master.count(), 1, master);
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
