package dev.panacea.training.plan;

import dev.panacea.training.plan.PlannedTape.Value;
import dev.panacea.transformer.adapter.AdaptedMatrix;
import dev.panacea.transformer.adapter.Projection;
import dev.panacea.transformer.config.LlamaConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the operations of {@link dev.panacea.transformer.model.LlamaModel} take and give back, in its order. */
final class PlannedModel {

    private record Place(int layer, Projection projection) { }

    private final LlamaConfig config;
    private final StepExtent extent;
    private final Storage storage;
    private final Ledger ledger;
    private final KernelScratch scratch;
    private final Map<Place, AdaptedMatrix> adapted = new HashMap<>();

    PlannedModel(LlamaConfig config, List<AdaptedMatrix> adapters, Storage storage, StepExtent extent, Ledger ledger) {
        this.config = config;
        this.extent = extent;
        this.storage = storage;
        this.ledger = ledger;
        scratch = KernelScratch.of(extent, config, storage);
        adapters.forEach(matrix -> adapted.put(new Place(matrix.layer(), matrix.projection()), matrix));
    }

    /** Embedding, blocks, final norm and log-probabilities: one value a row. */
    Value logProbs(PlannedTape tape) {
        Value stream = tape.allocate(MemoryKind.OUTER_ACTIVATIONS, rows(config.hiddenSize()), false);
        for (int layer = 0; layer < config.layers(); layer++) {
            stream = extent.recomputation() || !tape.isRecording() ? recomputed(tape, layer, stream) : block(tape, layer, stream);
        }
        return head(tape, norm(tape, MemoryKind.OUTER_ACTIVATIONS, stream));
    }

    private Value recomputed(PlannedTape tape, int layer, Value stream) {
        PlannedTape once = new PlannedTape(ledger, storage, false);
        block(once, layer, stream);
        Value output = tape.allocate(MemoryKind.OUTER_ACTIVATIONS, rows(config.hiddenSize()), tape.isRecording());
        once.close();
        if (tape.isRecording()) {
            tape.record(() -> {
                PlannedTape again = new PlannedTape(ledger, storage, true);
                again.backward(block(again, layer, stream));
                again.close();
            }, output);
        }
        return output;
    }

    private Value block(PlannedTape tape, int layer, Value stream) {
        Value normed = norm(tape, MemoryKind.BLOCK_ACTIVATIONS, stream);
        Value query = rotated(tape, project(tape, layer, Projection.Q, normed), config.queryWidth());
        Value key = rotated(tape, project(tape, layer, Projection.K, normed), config.kvWidth());
        Value attended = attention(tape, query, key, project(tape, layer, Projection.V, normed));
        Value mixed = project(tape, layer, Projection.O, attended);
        Value[] residual = residualNorm(tape, mixed, stream);
        Value gate = project(tape, layer, Projection.GATE, residual[1]);
        Value up = project(tape, layer, Projection.UP, residual[1]);
        return add(tape, residual[0], project(tape, layer, Projection.DOWN, gated(tape, gate, up)));
    }

    private Value norm(PlannedTape tape, MemoryKind kind, Value x) {
        boolean differentiates = tape.differentiates(x);
        Value normed = tape.allocate(kind, rows(config.hiddenSize()), differentiates);
        tape.allocateFloats(kind, extent.rows(), false);
        if (differentiates) {
            tape.record(() -> tape.accumulate(x), normed);
        }
        return normed;
    }

    // the sum, and its norm
    private Value[] residualNorm(PlannedTape tape, Value x, Value residual) {
        boolean differentiates = tape.differentiates(x, residual);
        Value normed = block(tape, rows(config.hiddenSize()), differentiates);
        Value sum = block(tape, rows(config.hiddenSize()), differentiates);
        statistics(tape, extent.rows(), false);
        if (differentiates) {
            tape.record(() -> {
                tape.accumulate(sum);
                tape.pass(sum, x);
                tape.pass(sum, residual);
            }, sum, normed);
        }
        return new Value[] {sum, normed};
    }

    private Value rotated(PlannedTape tape, Value x, int width) {
        boolean differentiates = tape.differentiates(x);
        Value y = block(tape, rows(width), differentiates);
        if (differentiates) {
            tape.record(() -> tape.add(x), y);
        }
        return y;
    }

    private Value attention(PlannedTape tape, Value query, Value key, Value value) {
        boolean differentiates = tape.differentiates(query, key, value);
        Value output = block(tape, rows(config.queryWidth()), differentiates);
        statistics(tape, rows(config.heads()), false);
        tape.scratch(scratch.attentionForward());
        if (differentiates) {
            tape.record(() -> tape.add(scratch.attentionBackward(), query, key, value), output);
        }
        return output;
    }

    private Value gated(PlannedTape tape, Value gate, Value up) {
        boolean differentiates = tape.differentiates(gate, up);
        Value y = block(tape, rows(config.intermediateSize()), differentiates);
        if (differentiates) {
            tape.record(() -> tape.add(gate, up), y);
        }
        return y;
    }

    private Value add(PlannedTape tape, Value a, Value b) {
        boolean differentiates = tape.differentiates(a, b);
        Value y = block(tape, rows(config.hiddenSize()), differentiates);
        if (differentiates) {
            tape.record(() -> {
                tape.pass(y, a);
                tape.pass(y, b);
            }, y);
        }
        return y;
    }

    private Value project(PlannedTape tape, int layer, Projection projection, Value x) {
        AdaptedMatrix matrix = adapted.get(new Place(layer, projection));
        return matrix == null ? bare(tape, projection, x) : adapted(tape, matrix, x);
    }

    private Value bare(PlannedTape tape, Projection projection, Value x) {
        boolean differentiates = tape.differentiates(x);
        Value y = block(tape, rows(projection.outputs(config)), differentiates);
        tape.scratch(scratch.plainForward(projection.inputs(config), projection.outputs(config)));
        if (differentiates) {
            tape.record(() -> {
                tape.accumulate(x);
                tape.scratch(scratch.plainBackward(projection.inputs(config), projection.outputs(config)));
            }, y);
        }
        return y;
    }

    private Value adapted(PlannedTape tape, AdaptedMatrix matrix, Value x) {
        int rank = matrix.directions();
        Value diagonal = statistics(tape, (long) extent.preferences() * rank, tape.isRecording());
        if (tape.isRecording()) {
            tape.record(() -> { }, diagonal);
        }
        statistics(tape, rows(rank), false);
        Value y = block(tape, rows(matrix.outputs()), tape.isRecording());
        tape.scratch(scratch.adaptedForward(matrix.inputs(), matrix.outputs(), rank));
        if (tape.isRecording()) {
            tape.record(() -> {
                tape.accumulate(diagonal);
                tape.accumulate(x);
                tape.scratch(scratch.adaptedBackward(matrix.inputs(), matrix.outputs(), rank));
            }, y);
        }
        return y;
    }

    private Value head(PlannedTape tape, Value x) {
        Value logProb = tape.allocateFloats(MemoryKind.OUTER_ACTIVATIONS, extent.rows(), tape.isRecording());
        if (tape.isRecording()) {
            tape.allocate(MemoryKind.DERIVATIVE, rows(config.hiddenSize()), false);
        }
        tape.scratch(scratch.head(tape.isRecording()));
        if (tape.isRecording()) {
            tape.record(() -> tape.add(x), logProb);
        }
        return logProb;
    }

    private static Value block(PlannedTape tape, long count, boolean differentiable) {
        return tape.allocate(MemoryKind.BLOCK_ACTIVATIONS, count, differentiable);
    }

    private static Value statistics(PlannedTape tape, long count, boolean differentiable) {
        return tape.allocateFloats(MemoryKind.BLOCK_ACTIVATIONS, count, differentiable);
    }

    private long rows(int columns) {
        return (long) extent.rows() * columns;
    }
}
