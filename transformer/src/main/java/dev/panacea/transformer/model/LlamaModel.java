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
        Tensor query = heads(tape, layer, Projection.Q, normed, positions, projector, config.heads());
        Tensor key = heads(tape, layer, Projection.K, normed, positions, projector, config.kvHeads());
        Tensor value = projector.project(tape, layer, Projection.V, normed, weights.value());
        Tensor attended = mode.attend(tape, layer, query, key, value);
        Tensor mixed = projector.project(tape, layer, Projection.O, attended, weights.output());
        Norm.Residual residual = Norm.apply(tape, (float) config.rmsNormEpsilon(), mixed, stream, weights.mlpNorm());
        Tensor gate = projector.project(tape, layer, Projection.GATE, residual.normed(), weights.gate());
        Tensor up = projector.project(tape, layer, Projection.UP, residual.normed(), weights.up());
        Tensor down = projector.project(tape, layer, Projection.DOWN, GatedActivation.apply(tape, gate, up), weights.down());
        return Add.apply(tape, residual.sum(), down);
    }

    private Tensor heads(Tape tape, int layer, Projection projection, Tensor normed, Buffer positions, Projector projector, int heads) {
        Tensor flat = projector.project(tape, layer, projection, normed, tensors.layers().get(layer).matrix(projection));
        return RotaryEmbedding.apply(tape, flat, heads, positions, cosine, sine);
    }
}
