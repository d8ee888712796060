package dev.panacea.transformer.model;

import dev.panacea.autograd.Recomputation;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.autograd.operations.Add;
import dev.panacea.autograd.operations.GatedActivation;
import dev.panacea.autograd.operations.Norm;
import dev.panacea.autograd.operations.RotaryEmbedding;
import dev.panacea.autograd.operations.SelfAttention;
import dev.panacea.autograd.operations.TokenEmbedding;
import dev.panacea.autograd.operations.TokenLogProb;
import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.attention.Attention;
import dev.panacea.kernels.rotary.RotaryTable;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.adapter.Projection;
import dev.panacea.transformer.config.LlamaConfig;
import java.util.List;

/** A decoder-only transformer of Llama's shape: pre-norm blocks of rotary attention and SwiGLU. */
public final class LlamaModel {
    private final Kernels kernels;
    private final LlamaConfig config;
    private final LlamaTensors tensors;
    private final Attention.Shape attention;
    private final Buffer cosine;
    private final Buffer sine;

    /** @param scope holds the rotary tables for as long as the model is used */
    public LlamaModel(Kernels kernels, MemoryScope scope, LlamaConfig config, LlamaTensors tensors) {
        this(kernels, scope, config, tensors,
            RotaryTable.of(config.maxPositions(), config.headDim(), config.ropeTheta(), config.ropeScaling()));
    }

    private LlamaModel(Kernels kernels, MemoryScope scope, LlamaConfig config, LlamaTensors tensors, RotaryTable table) {
        this(kernels, config, tensors, scope.allocate("rotary cosine", DType.F32, table.cosine().length).copyFrom(table.cosine()),
            scope.allocate("rotary sine", DType.F32, table.sine().length).copyFrom(table.sine()));
    }

    /** @param cosine the rotary table (positions, headDim / 2), sine likewise */
    public LlamaModel(Kernels kernels, LlamaConfig config, LlamaTensors tensors, Buffer cosine, Buffer sine) {
        this.kernels = kernels;
        this.config = config;
        this.tensors = tensors;
        this.cosine = cosine;
        this.sine = sine;
        attention = new Attention.Shape(config.heads(), config.kvHeads(), config.headDim(),
            (float) (1 / Math.sqrt(config.headDim())), true);
    }

    /** The same model with other weights of the same shapes. */
    public LlamaModel with(LlamaTensors other) {
        return new LlamaModel(kernels, config, other, cosine, sine);
    }

    public Kernels kernels() {
        return kernels;
    }

    public LlamaConfig config() {
        return config;
    }

    public LlamaTensors tensors() {
        return tensors;
    }

    /** Hidden states behind the final norm, (tokens, hidden), with every sequence attending to itself. */
    public Tensor hidden(Tape tape, TokenBatch batch, Projector projector, Recomputation recomputation) {
        if (batch.sequences().longest() > config.maxPositions()) {
            throw new BadInputException("a sequence of " + batch.sequences().longest() + " tokens is longer than the model's "
                + config.maxPositions() + " positions; cut prompts or responses shorter");
        }
        AttentionMode mode = (inner, layer, query, key, value) ->
            SelfAttention.apply(inner, attention, batch.sequences(), query, key, value);
        return hidden(tape, batch.ids(), batch.positions(), projector, mode, recomputation);
    }

    /**
     * Hidden states behind the final norm, (rows, hidden).
     *
     * @param ids I32 [rows], positions likewise
     */
    public Tensor hidden(Tape tape, Buffer ids, Buffer positions, Projector projector, AttentionMode mode, Recomputation recomputation) {
        Tensor stream = TokenEmbedding.apply(tape, ids, tensors.embedding());
        for (int layer = 0; layer < config.layers(); layer++) {
            int index = layer;
            Tensor input = stream;
            stream = tape.segment("block " + layer, recomputation,
                inner -> block(inner, index, input, positions, projector, mode));
        }
        return Norm.apply(tape, (float) config.rmsNormEpsilon(), stream, tensors.finalNorm());
    }

    /** Log-probability of each target, [tokens]; targets I32 [tokens], -1 for tokens that do not count. */
    public Tensor logProbs(Tape tape, TokenBatch batch, Buffer targets, Projector projector, Recomputation recomputation) {
        return TokenLogProb.apply(tape, hidden(tape, batch, projector, recomputation), tensors.head(), targets);
    }

    private Tensor block(Tape tape, int layer, Tensor stream, Buffer positions, Projector projector, AttentionMode mode) {
        LlamaTensors.Layer weights = tensors.layers().get(layer);
        Tensor normed = Norm.apply(tape, (float) config.rmsNormEpsilon(), stream, weights.attentionNorm());
        List<Tensor> projected = projector.project(tape, layer, weights, List.of(Projection.Q, Projection.K, Projection.V), normed);
        Tensor query = RotaryEmbedding.apply(tape, projected.get(0), config.heads(), positions, cosine, sine);
        Tensor key = RotaryEmbedding.apply(tape, projected.get(1), config.kvHeads(), positions, cosine, sine);
        Tensor attended = mode.attend(tape, layer, query, key, projected.get(2));
        Tensor mixed = projector.project(tape, layer, weights, Projection.O, attended);
        Norm.Residual residual = Norm.apply(tape, (float) config.rmsNormEpsilon(), mixed, stream, weights.mlpNorm());
        List<Tensor> gated = projector.project(tape, layer, weights, List.of(Projection.GATE, Projection.UP), residual.normed());
        Tensor activated = GatedActivation.apply(tape, gated.get(0), gated.get(1));
        Tensor down = projector.project(tape, layer, weights, Projection.DOWN, activated);
        return Add.apply(tape, residual.sum(), down);
    }
}
