package dev.panacea.transformer.weights;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.adapter.Projection;
import dev.panacea.transformer.config.LlamaConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Allocates the buffers of a model in one scope, then fills them from its files on every core. */
final class WeightLoader {

    private record Pending(String name, Buffer buffer) { }

    private final WeightFiles files;
    private final LlamaConfig config;
    private final MemoryScope scope;
    private final DType matrices;
    private final DType norms;
    private final Map<String, List<Long>> shapes;
    private final List<Pending> pending = new ArrayList<>();

    WeightLoader(WeightFiles files, LlamaConfig config, MemoryScope scope, DType matrices, DType norms) {
        this.files = files;
        this.config = config;
        this.scope = scope;
        this.matrices = matrices;
        this.norms = norms;
        this.shapes = TensorNames.shapes(config);
    }

    Weights load(boolean requireFinite) {
        boolean headOnly = config.tieEmbeddings() && !files.has(TensorNames.EMBEDDING);
        Buffer embedding = buffer(headOnly ? TensorNames.HEAD : TensorNames.EMBEDDING, matrices);
        Buffer head = config.tieEmbeddings() ? embedding : buffer(TensorNames.HEAD, matrices);
        Buffer finalNorm = buffer(TensorNames.FINAL_NORM, norms);
        List<LayerWeights> layers = IntStream.range(0, config.layers()).mapToObj(this::layer).toList();
        fill(requireFinite);
        return new Weights(embedding, head, finalNorm, layers);
    }

    private LayerWeights layer(int layer) {
        return new LayerWeights(buffer(TensorNames.inputNorm(layer), norms), matrix(layer, Projection.Q), matrix(layer, Projection.K),
            matrix(layer, Projection.V), matrix(layer, Projection.O), buffer(TensorNames.postNorm(layer), norms),
            matrix(layer, Projection.GATE), matrix(layer, Projection.UP), matrix(layer, Projection.DOWN));
    }

    private Buffer matrix(int layer, Projection projection) {
        return buffer(TensorNames.matrix(layer, projection), matrices);
    }

    private Buffer buffer(String name, DType dtype) {
        Buffer buffer = scope.allocate(name, dtype, shapes.get(name).stream().reduce(1L, Math::multiplyExact));
        pending.add(new Pending(name, buffer));
        return buffer;
    }

    private void fill(boolean requireFinite) {
        switch (scope.device()) {
            case HostDevice host -> host.workers().forEach(pending.size(), task -> {
                Pending tensor = pending.get(task);
                files.read(tensor.name(), tensor.buffer(), requireFinite);
            });
            case CudaDevice cuda -> ModelUpload.run(cuda, pending.stream().map(this::upload).toList(), requireFinite);
        }
    }

    private ModelUpload.Item upload(Pending tensor) {
        return new ModelUpload.Item(files.floats(tensor.name(), tensor.buffer().count()), CudaBuffer.of(tensor.buffer()));
    }
}
