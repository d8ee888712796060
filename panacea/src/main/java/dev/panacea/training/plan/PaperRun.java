package dev.panacea.training.plan;

import dev.panacea.autograd.Tensor;
import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.Precision;
import dev.panacea.transformer.adapter.Projection;
import dev.panacea.transformer.config.LlamaConfig;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.LlamaTensors;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A model on paper: the code that trains and measures runs on it as on any other, and what it would hold is written down instead of
 * computed. So a plan never differs from what is planned.
 */
public final class PaperRun implements AutoCloseable {
    private final CudaDevice device;
    private final Kernels kernels;
    private final Ledger ledger;
    private final Map<MemoryKind, MemoryScope> scopes = new EnumMap<>(MemoryKind.class);
    private final LlamaModel model;

    public PaperRun(Place place, LlamaConfig config, Precision precision) {
        device = place.open();
        ledger = new Ledger(device::reservedBytes);
        device.observeMemory(ledger);
        kernels = place.kernels(device);
        long angles = (long) config.maxPositions() * config.headDim() / 2;
        MemoryScope tables = scope(MemoryKind.ROTARY_TABLES);
        model = new LlamaModel(kernels, config, frozen(config, precision), tables.allocate("rotary cosine", DType.F32, angles),
            tables.allocate("rotary sine", DType.F32, angles));
    }

    private LlamaTensors frozen(LlamaConfig config, Precision precision) {
        Tensor embedding = weight(precision.weights(), config.vocabularySize(), config.hiddenSize());
        Tensor head = config.tieEmbeddings() ? embedding : weight(precision.weights(), config.vocabularySize(), config.hiddenSize());
        return new LlamaTensors(embedding, head, norm(config),
            IntStream.range(0, config.layers()).mapToObj(layer -> layer(config, precision)).toList());
    }

    private LlamaTensors.Layer layer(LlamaConfig config, Precision precision) {
        Map<Projection, Tensor> matrices = new EnumMap<>(Projection.class);
        for (Projection projection : Projection.values()) {
            matrices.put(projection, weight(precision.weights(), projection.outputs(config), projection.inputs(config)));
        }
        return new LlamaTensors.Layer(norm(config), matrices.get(Projection.Q), matrices.get(Projection.K), matrices.get(Projection.V),
            matrices.get(Projection.O), norm(config), matrices.get(Projection.GATE), matrices.get(Projection.UP),
            matrices.get(Projection.DOWN));
    }

    private Tensor norm(LlamaConfig config) {
        return weight(kernels.activations(), config.hiddenSize());
    }

    private Tensor weight(DType dtype, int... shape) {
        Buffer buffer = scope(MemoryKind.FROZEN_WEIGHTS).allocate("weight", dtype, Tensor.elements(shape));
        return Tensor.constant(buffer, shape);
    }

    public Kernels kernels() {
        return kernels;
    }

    public LlamaModel model() {
        return model;
    }

    /** Where memory of that kind is to be taken from; work takes its own from that of {@link MemoryKind#ACTIVATIONS}. */
    public MemoryScope scope(MemoryKind kind) {
        return scopes.computeIfAbsent(kind, unseen -> {
            MemoryScope scope = device.openScope(kind.toString());
            ledger.assign(scope, kind);
            return scope;
        });
    }

    /** What was held so far when it was most. */
    public MemoryPlan plan() {
        return new MemoryPlan(ledger.peak(), ledger.atPeak(), ledger.mostReserved());
    }

    @Override
    public void close() {
        scopes.values().forEach(MemoryScope::close);
        device.close();
    }
}
