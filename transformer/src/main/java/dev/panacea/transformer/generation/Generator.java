package dev.panacea.transformer.generation;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.autograd.operations.SelfAttention;
import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.Attention;
import dev.panacea.kernels.logprob.LinearLogProb;
import dev.panacea.kernels.sampling.Sampling;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.config.LlamaConfig;
import dev.panacea.transformer.model.AttentionMode;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.RowProjector;
import dev.panacea.transformer.model.TokenBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Continues prompts token by token over a key/value cache, many at once. */
public final class Generator {

    /**
     * @param maxNewTokens longest continuation
     * @param stopTokens ids that end a continuation; the id itself is not part of it
     * @param seed draws are a function of this, the prompt's index and the token's index alone
     */
    public record Settings(Sampling.Settings sampling, int maxNewTokens, List<Integer> stopTokens, long seed) { }

    private final LlamaModel model;
    private final Kernels kernels;
    private final LlamaConfig config;
    private final Attention.Shape attention;

    public Generator(LlamaModel model) {
        this.model = model;
        kernels = model.kernels();
        config = model.config();
        attention = new Attention.Shape(config.heads(), config.kvHeads(), config.headDim(),
            (float) (1 / Math.sqrt(config.headDim())), true);
    }

    /**
     * The continuation of every prompt, without the prompt and without the stop token. Ends also where the model's positions do.
     *
     * @throws BadInputException when a prompt is empty or fills all positions of the model
     */
    public List<int[]> generate(MemoryScope parent, List<int[]> prompts, RowProjector projector, Settings settings) {
        PackedSequences packed = PackedSequences.ofLengths(prompts.stream().mapToInt(this::checkedLength).toArray());
        int capacity = (int) Math.min(config.maxPositions(), (long) packed.longest() + settings.maxNewTokens());
        try (MemoryScope scope = parent.child("generation")) {
            KvCache cache = new KvCache(kernels, scope, config, prompts.size(), capacity);
            Continuations continuations = new Continuations(prompts, settings, capacity);
            int[] next = prefill(scope, prompts, packed, projector, cache, continuations);
            while (continuations.append(next)) {
                next = step(scope, next, projector, cache, continuations);
            }
            return continuations.tokens();
        }
    }

    private int checkedLength(int[] prompt) {
        if (prompt.length == 0) {
            throw new BadInputException("a prompt has no tokens; begin it with the model's first token or some text");
        }
        if (prompt.length >= config.maxPositions()) {
            throw new BadInputException("a prompt of " + prompt.length + " tokens leaves no room in the model's "
                + config.maxPositions() + " positions; make it shorter");
        }
        return prompt.length;
    }

    private int[] prefill(MemoryScope parent, List<int[]> prompts, PackedSequences packed, RowProjector projector, KvCache cache,
                          Continuations continuations) {
        try (MemoryScope scope = parent.child("prefill")) {
            Tape tape = Tape.withoutGradients(kernels, scope);
            TokenBatch batch = TokenBatch.of(scope, packed, prompts.stream().flatMapToInt(Arrays::stream).toArray());
            Buffer places = TokenBatch.upload(scope, "cache places", cache.places(packed.sequenceOfToken(), packed.positions()));
            AttentionMode mode = (inner, layer, query, key, value) -> {
                cache.store(layer, packed.tokens(), places, key.buffer(), value.buffer());
                return SelfAttention.apply(inner, attention, packed, query, key, value);
            };
            Tensor hidden = model.hidden(tape, batch.ids(), batch.positions(), projector.forRows(tape, packed.sequenceOfToken()),
                mode, false);
            Buffer last = tape.allocate("last hidden states", hidden.buffer().dtype(), (long) packed.count() * config.hiddenSize());
            int[] rows = IntStream.range(0, packed.count()).map(i -> packed.start(i) + packed.length(i) - 1).toArray();
            kernels.embedding().forward(rows.length, config.hiddenSize(), packed.tokens(), TokenBatch.upload(scope, "last rows", rows),
                hidden.buffer(), last);
            return draw(tape, last, continuations);
        }
    }

    private int[] step(MemoryScope parent, int[] tokens, RowProjector projector, KvCache cache, Continuations continuations) {
        try (MemoryScope scope = parent.child("token")) {
            Tape tape = Tape.withoutGradients(kernels, scope);
            int[] positions = continuations.positions();
            int[] sequences = IntStream.range(0, tokens.length).toArray();
            Buffer places = TokenBatch.upload(scope, "cache places", cache.places(sequences, positions));
            int[] lengths = IntStream.of(positions).map(position -> position + 1).toArray();
            AttentionMode mode = (inner, layer, query, key, value) -> {
                cache.store(layer, tokens.length, places, key.buffer(), value.buffer());
                Tensor output = inner.allocate("attention", false, query.shape());
                kernels.attention().decode(attention, cache.capacity(), lengths, query.buffer(), cache.keys(layer),
                    cache.values(layer), output.buffer());
                return output;
            };
            Tensor hidden = model.hidden(tape, TokenBatch.upload(scope, "token ids", tokens),
                TokenBatch.upload(scope, "positions", positions),
                projector.forRows(tape, sequences), mode, false);
            return draw(tape, hidden.buffer(), continuations);
        }
    }

    private int[] draw(Tape tape, Buffer hidden, Continuations continuations) {
        int rows = continuations.count();
        var shape = new LinearLogProb.Shape(rows, config.hiddenSize(), config.vocabularySize());
        Buffer logits = tape.allocate("logits", DType.F32, (long) rows * config.vocabularySize());
        kernels.linearLogProb().logits(shape, hidden, model.tensors().head().buffer(), logits);
        Buffer ids = tape.allocate("drawn ids", DType.I32, rows);
        kernels.sampling().sample(rows, config.vocabularySize(), continuations.settings.sampling(), logits,
            continuations.uniforms(), ids);
        int[] drawn = ids.toInts();
        for (int i = 0; i < rows; i++) {
            if (drawn[i] < 0) {
                throw new IllegalArgumentException("the logits of prompt " + i + " are not finite; its weights or its adapter are broken");
            }
        }
        return drawn;
    }

    /** What has been written so far. A finished sequence stays in the batch, its further draws unused. */
    private static final class Continuations {
        private final Settings settings;
        private final int capacity;
        private final int[] promptLengths;
        private final List<List<Integer>> written = new ArrayList<>();
        private final boolean[] finished;
        private final SplittableRandom[] random;
        private int drawn;

        Continuations(List<int[]> prompts, Settings settings, int capacity) {
            this.settings = settings;
            this.capacity = capacity;
            promptLengths = prompts.stream().mapToInt(prompt -> prompt.length).toArray();
            finished = new boolean[prompts.size()];
            random = new SplittableRandom[prompts.size()];
            SplittableRandom root = new SplittableRandom(settings.seed());
            for (int i = 0; i < prompts.size(); i++) {
                written.add(new ArrayList<>());
                random[i] = root.split();
            }
        }

        int count() {
            return finished.length;
        }

        double[] uniforms() {
            return Arrays.stream(random).mapToDouble(SplittableRandom::nextDouble).toArray();
        }

        /** Positions of the tokens drawn last; finished sequences stay at the end of their room. */
        int[] positions() {
            return IntStream.range(0, count()).map(i -> Math.min(promptLengths[i] + drawn, capacity) - 1).toArray();
        }

        /** Takes one drawn token a sequence; false when all are finished. */
        boolean append(int[] tokens) {
            boolean open = false;
            drawn++;
            for (int i = 0; i < tokens.length; i++) {
                finished[i] |= settings.stopTokens().contains(tokens[i]) || written.get(i).size() >= settings.maxNewTokens();
                if (!finished[i]) {
                    written.get(i).add(tokens[i]);
                    finished[i] = written.get(i).size() >= settings.maxNewTokens() || promptLengths[i] + drawn >= capacity;
                    open |= !finished[i];
                }
            }
            return open;
        }

        List<int[]> tokens() {
            return written.stream().map(list -> list.stream().mapToInt(Integer::intValue).toArray()).toList();
        }
    }
}
