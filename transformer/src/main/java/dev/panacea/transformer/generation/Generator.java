package dev.panacea.transformer.generation;

import dev.panacea.autograd.Recomputation;
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

/**
 * Continues prompts token by token over a key/value cache, many at once: a step writes a token behind each of them, whatever their
 * preferences. Who is finished leaves, and who waits takes its place. The host waits for the device once a step, for the drawn tokens.
 */
public final class Generator {

    /**
     * @param maxNewTokens longest continuation
     * @param stopTokens ids that end a continuation; the id itself is not part of it
     * @param seed draws are a function of this, the prompt's index and the token's index alone
     * @param atOnce most prompts that have room in the cache at a time; others wait
     */
    public record Settings(Sampling.Settings sampling, int maxNewTokens, List<Integer> stopTokens, long seed, int atOnce) {
        public Settings {
            if (maxNewTokens < 0 || atOnce < 1) {
                throw new IllegalArgumentException("no generation of " + maxNewTokens + " tokens for " + atOnce + " prompts at once");
            }
        }

        /** With all prompts at once. */
        public Settings(Sampling.Settings sampling, int maxNewTokens, List<Integer> stopTokens, long seed) {
            this(sampling, maxNewTokens, stopTokens, seed, Integer.MAX_VALUE);
        }
    }

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
     * @param projector the owners of its rows are the prompts by their index
     * @throws BadInputException when a prompt is empty or fills all positions of the model
     */
    public List<int[]> generate(MemoryScope parent, List<int[]> prompts, RowProjector projector, Settings settings) {
        int longest = prompts.stream().mapToInt(this::checkedLength).max().orElse(0);
        List<Continuation> all = continuations(prompts, settings);
        List<Continuation> open = all.stream().filter(one -> !one.isFinished()).toList();
        int capacity = (int) Math.min(config.maxPositions(), (long) longest + settings.maxNewTokens());
        if (open.isEmpty()) {
            return all.stream().map(Continuation::tokens).toList();
        }
        try (MemoryScope scope = parent.child("generation")) {
            run(scope, open, new KvCache(kernels, scope, config, Math.min(open.size(), settings.atOnce()), capacity), projector, settings);
        }
        return all.stream().map(Continuation::tokens).toList();
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

    private List<Continuation> continuations(List<int[]> prompts, Settings settings) {
        SplittableRandom root = new SplittableRandom(settings.seed());
        List<Continuation> all = new ArrayList<>();
        for (int[] prompt : prompts) {
            all.add(new Continuation(all.size(), prompt, settings, config.maxPositions(), root.split()));
        }
        return all;
    }

    private void run(MemoryScope scope, List<Continuation> waiting, KvCache cache, RowProjector projector, Settings settings) {
        List<Continuation> live = new ArrayList<>();
        int begun = 0;
        while (begun < waiting.size() || !live.isEmpty()) {
            int entering = Math.min(waiting.size() - begun, cache.slots() - live.size());
            if (entering > 0) {
                List<Continuation> fresh = waiting.subList(begun, begun + entering);
                append(fresh, prefill(scope, fresh, live.size(), projector, cache, settings), settings);
                live.addAll(fresh);
                begun += entering;
            } else {
                append(live, step(scope, live, projector, cache, settings), settings);
            }
            dismissFinished(live, cache);
        }
    }

    private static void append(List<Continuation> continuations, int[] drawn, Settings settings) {
        for (int i = 0; i < drawn.length; i++) {
            continuations.get(i).append(drawn[i], settings.stopTokens().contains(drawn[i]));
        }
    }

    // the last one moves to the slot that comes free, so that the live ones always fill the first slots
    private static void dismissFinished(List<Continuation> live, KvCache cache) {
        for (int slot = live.size() - 1; slot >= 0; slot--) {
            if (live.get(slot).isFinished()) {
                Continuation last = live.removeLast();
                if (slot < live.size()) {
                    // its newest token is stored by the step that reads it
                    cache.move(live.size(), slot, last.position());
                    live.set(slot, last);
                }
            }
        }
    }

    private int[] prefill(MemoryScope parent, List<Continuation> fresh, int firstSlot, RowProjector projector, KvCache cache,
                          Settings settings) {
        PackedSequences packed = PackedSequences.ofLengths(fresh.stream().mapToInt(one -> one.prompt().length).toArray());
        int[] sequence = packed.sequenceOfToken();
        int[] positions = packed.positions();
        try (MemoryScope scope = parent.child("prefill")) {
            Tape tape = Tape.withoutGradients(kernels, scope);
            TokenBatch batch = TokenBatch.of(scope, packed, fresh.stream().flatMapToInt(one -> Arrays.stream(one.prompt())).toArray());
            Buffer places = TokenBatch.upload(scope, "cache places",
                IntStream.range(0, positions.length).map(row -> cache.place(firstSlot + sequence[row], positions[row])).toArray());
            AttentionMode mode = (inner, layer, query, key, value) -> {
                cache.store(layer, positions.length, places, key.buffer(), value.buffer());
                return SelfAttention.apply(inner, attention, packed, query, key, value);
            };
            int[] ownerOfRow = IntStream.of(sequence).map(i -> fresh.get(i).owner()).toArray();
            Tensor hidden = model.hidden(tape, batch.ids(), batch.positions(), projector.forRows(tape, ownerOfRow), mode,
                Recomputation.OFF);
            return draw(tape, lastRows(tape, packed, hidden), fresh, settings);
        }
    }

    private Buffer lastRows(Tape tape, PackedSequences packed, Tensor hidden) {
        int count = packed.count();
        int[] rows = IntStream.range(0, count).map(i -> packed.start(i) + packed.length(i) - 1).toArray();
        Buffer last = tape.allocate("last hidden states", hidden.buffer().dtype(), (long) count * config.hiddenSize());
        kernels.embedding().forward(count, config.hiddenSize(), packed.tokens(), TokenBatch.upload(tape.scope(), "last rows", rows),
            hidden.buffer(), last);
        return last;
    }

    private int[] step(MemoryScope parent, List<Continuation> live, RowProjector projector, KvCache cache, Settings settings) {
        try (MemoryScope scope = parent.child("token")) {
            Tape tape = Tape.withoutGradients(kernels, scope);
            int[] positions = live.stream().mapToInt(Continuation::position).toArray();
            int[] lengths = IntStream.of(positions).map(position -> position + 1).toArray();
            Buffer places = TokenBatch.upload(scope, "cache places",
                IntStream.range(0, positions.length).map(slot -> cache.place(slot, positions[slot])).toArray());
            AttentionMode mode = (inner, layer, query, key, value) -> {
                cache.store(layer, positions.length, places, key.buffer(), value.buffer());
                Tensor output = inner.allocate("attention", false, query.shape());
                kernels.attention().decode(attention, cache.capacity(), lengths, query.buffer(), cache.keys(layer),
                    cache.values(layer), output.buffer());
                return output;
            };
            Buffer ids = TokenBatch.upload(scope, "token ids", live.stream().mapToInt(Continuation::last).toArray());
            Tensor hidden = model.hidden(tape, ids, TokenBatch.upload(scope, "positions", positions),
                projector.forRows(tape, live.stream().mapToInt(Continuation::owner).toArray()), mode, Recomputation.OFF);
            return draw(tape, hidden.buffer(), live, settings);
        }
    }

    private int[] draw(Tape tape, Buffer hidden, List<Continuation> continuations, Settings settings) {
        int rows = continuations.size();
        var shape = new LinearLogProb.Shape(rows, config.hiddenSize(), config.vocabularySize());
        Buffer logits = tape.allocate("logits", DType.F32, (long) rows * config.vocabularySize());
        kernels.linearLogProb().logits(shape, hidden, model.tensors().head().buffer(), logits);
        Buffer ids = tape.allocate("drawn ids", DType.I32, rows);
        kernels.sampling().sample(rows, config.vocabularySize(), settings.sampling(), logits,
            continuations.stream().mapToDouble(Continuation::uniform).toArray(), ids);
        int[] drawn = ids.toInts();
        for (int i = 0; i < rows; i++) {
            if (drawn[i] < 0) {
                throw new IllegalArgumentException("the logits of prompt " + continuations.get(i).owner()
                    + " are not finite; its weights or its adapter are broken");
            }
        }
        return drawn;
    }
}
