package dev.panacea.transformer.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.sampling.Sampling;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.adapter.SmallAdapter;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import dev.panacea.transformer.model.Float64Llama;
import dev.panacea.transformer.model.LlamaModel;
import dev.panacea.transformer.model.RowProjector;
import dev.panacea.transformer.model.SmallLlama;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GeneratorTest {
    private static final int NEW_TOKENS = 16;
    private static final Sampling.Settings PLAIN = new Sampling.Settings(1, 0, 1);
    private static final double[][] LAMBDA = {{0.25, 0.75}, {1, 0}, {0, 1}};

    private final SmallLlama small = new SmallLlama(SmallLlama.CONFIG, 21);
    private final LlamaModel model = small.frozenModel();
    private final SvdLoraAdapter adapter = SmallAdapter.random(small, 22);
    private final RowProjector policy = adapter.at(LAMBDA, SvdLoraLinear.Path.UNMERGED);
    private final List<int[]> prompts = List.of(ids(3), ids(1), ids(20));

    @AfterEach
    void close() {
        small.close();
    }

    private static int[] ids(int count) {
        return new Random(count).ints(count, 0, SmallLlama.CONFIG.vocabularySize()).toArray();
    }

    private static Generator.Settings settings(Sampling.Settings sampling, int tokens, Integer... stop) {
        return new Generator.Settings(sampling, tokens, List.of(stop), 23);
    }

    private List<int[]> generate(List<int[]> from, RowProjector projector, Generator.Settings settings) {
        return new Generator(model).generate(small.scope(), from, projector, settings);
    }

    /** Step by step, the token drawn over the cache is one whose logit in a forward of the whole text is the largest. */
    @Test
    void greedyTokensAreTheBestOfAForwardWithoutACache() {
        Float64Llama reference = small.reference().with(adapter);
        List<int[]> found = generate(prompts, policy, settings(Sampling.Settings.GREEDY, NEW_TOKENS));
        for (int i = 0; i < prompts.size(); i++) {
            int length = prompts.get(i).length;
            int[] text = joined(prompts.get(i), found.get(i));
            assertEquals(length + NEW_TOKENS, text.length);
            double[][] logits = reference.logits(text, LAMBDA[i]);
            for (int t = length; t < text.length; t++) {
                double best = Arrays.stream(logits[t - 1]).max().orElseThrow();
                assertEquals(best, logits[t - 1][text[t]], 1e-4, "prompt " + i + ", token " + t);
            }
        }
    }

    private static int[] joined(int[] prompt, int[] continuation) {
        int[] text = Arrays.copyOf(prompt, prompt.length + continuation.length);
        System.arraycopy(continuation, 0, text, prompt.length, continuation.length);
        return text;
    }

    @Test
    void aBatchContinuesEveryPromptAsIfItWereAloneAtItsPreference() {
        List<int[]> together = generate(prompts, policy, settings(Sampling.Settings.GREEDY, NEW_TOKENS));
        for (int i = 0; i < prompts.size(); i++) {
            RowProjector own = adapter.at(new double[][] {LAMBDA[i]}, SvdLoraLinear.Path.UNMERGED);
            int[] alone = generate(List.of(prompts.get(i)), own, settings(Sampling.Settings.GREEDY, NEW_TOKENS)).getFirst();
            assertArrayEquals(alone, together.get(i), "prompt " + i);
        }
        assertFalse(Arrays.equals(together.get(2), generate(prompts.subList(2, 3), RowProjector.BASE,
            settings(Sampling.Settings.GREEDY, NEW_TOKENS)).getFirst()), "the preference must matter for this to show anything");
    }

    /** Sampled, with an end here and there, so that requests leave and enter in the midst of others and move in the cache. */
    @Test
    void waitingRequestsTakeThePlacesOfFinishedOnesWithoutChangingWhatAnyoneWrites() {
        List<int[]> many = IntStream.range(0, 9).mapToObj(i -> ids(1 + 4 * i % 17)).toList();
        double[][] lambda = IntStream.range(0, 9).mapToObj(i -> LAMBDA[i % 3]).toArray(double[][]::new);
        RowProjector each = adapter.at(lambda, SvdLoraLinear.Path.UNMERGED);
        List<Integer> stops = List.of(3, 7, 11, 19);
        List<int[]> together = generate(many, each, new Generator.Settings(PLAIN, NEW_TOKENS, stops, 23));
        assertTrue(together.stream().mapToInt(tokens -> tokens.length).distinct().count() > 3, "all end at the same time");
        for (int atOnce : new int[] {1, 2, 4, 8}) {
            List<int[]> inTurn = generate(many, each, new Generator.Settings(PLAIN, NEW_TOKENS, stops, 23, atOnce));
            for (int i = 0; i < many.size(); i++) {
                assertArrayEquals(together.get(i), inTurn.get(i), "prompt " + i + " with " + atOnce + " at once");
            }
        }
    }

    @Test
    void fewerAtOnceTakeLessMemory() {
        List<int[]> many = Collections.nCopies(8, ids(20));
        long four = peak(many, 4);
        long one = peak(many, 1);
        assertTrue(2 * one < four, one + " bytes for one at once, " + four + " for four");
    }

    private long peak(List<int[]> many, int atOnce) {
        try (MemoryScope scope = small.scope().child("peak")) {
            new Generator(model).generate(scope, many, RowProjector.BASE,
                new Generator.Settings(PLAIN, NEW_TOKENS, List.of(), 23, atOnce));
            return scope.peakBytes();
        }
    }

    @Test
    void topOneIsGreedy() {
        List<int[]> greedy = generate(prompts, policy, settings(Sampling.Settings.GREEDY, NEW_TOKENS));
        List<int[]> topOne = generate(prompts, policy, settings(new Sampling.Settings(0.7f, 1, 1), NEW_TOKENS));
        for (int i = 0; i < prompts.size(); i++) {
            assertArrayEquals(greedy.get(i), topOne.get(i));
        }
    }

    @Test
    void aSeedRepeatsItsDrawsAndAnotherDoesNot() {
        List<int[]> first = generate(prompts, policy, settings(PLAIN, NEW_TOKENS));
        List<int[]> again = generate(prompts, policy, settings(PLAIN, NEW_TOKENS));
        List<int[]> other = generate(prompts, policy, new Generator.Settings(PLAIN, NEW_TOKENS, List.of(), 24));
        for (int i = 0; i < prompts.size(); i++) {
            assertArrayEquals(first.get(i), again.get(i));
            assertFalse(Arrays.equals(first.get(i), other.get(i)));
        }
    }

    /** Under a model of zeros every token is as likely as any other, so that continuations show the bare draws. */
    @Test
    void theDrawsOfOnePromptAreNotThoseOfAnotherShifted() {
        HostBuffer values = HostBuffer.of(small.trainable().parameters().values());
        values.copyFrom(new float[Math.toIntExact(values.count())]);
        List<int[]> found = new Generator(small.trainedModel()).generate(small.scope(), List.of(ids(1), ids(1), ids(1), ids(1)),
            RowProjector.BASE, new Generator.Settings(PLAIN, 40, List.of(), 0));
        for (int[] one : found) {
            for (int[] other : found) {
                for (int shift = 0; shift < 5; shift++) {
                    boolean same = one == other && shift == 0;
                    assertEquals(same, Arrays.equals(one, shift, 40, other, 0, 40 - shift), "shifted by " + shift);
                }
            }
        }
    }

    @Test
    void aStopTokenEndsItsOwnContinuationAndIsNotPartOfIt() {
        List<int[]> open = generate(prompts, policy, settings(PLAIN, NEW_TOKENS));
        int stop = open.getFirst()[4];
        List<int[]> found = generate(prompts, policy, settings(PLAIN, NEW_TOKENS, stop));
        for (int i = 0; i < prompts.size(); i++) {
            int[] whole = open.get(i);
            int end = 0;
            while (end < whole.length && whole[end] != stop) {
                end++;
            }
            assertArrayEquals(Arrays.copyOf(whole, end), found.get(i));
        }
        assertTrue(found.getFirst().length <= 4);
    }

    @Test
    void continuationsEndWhereThePositionsDo() {
        List<int[]> found = generate(List.of(ids(47), ids(40), ids(5)), RowProjector.BASE, settings(PLAIN, Integer.MAX_VALUE));
        assertEquals(List.of(1, 8, 43), found.stream().map(tokens -> tokens.length).toList());
    }

    @Test
    void nothingToDoIsNothingDone() {
        assertEquals(List.of(), generate(List.of(), RowProjector.BASE, settings(PLAIN, 3)));
        assertEquals(0, generate(prompts, RowProjector.BASE, settings(PLAIN, 0)).getFirst().length);
    }

    @Test
    void promptsThatCannotBeContinuedAreRefused() {
        for (int length : new int[] {0, 48}) {
            List<int[]> both = List.of(ids(2), ids(length));
            assertThrows(BadInputException.class, () -> generate(both, RowProjector.BASE, settings(PLAIN, 3)));
        }
    }

    @Test
    void generationLeavesNoMemoryBehind() {
        long held = small.scope().heldBytes();
        generate(prompts, policy, settings(PLAIN, NEW_TOKENS));
        assertEquals(held, small.scope().heldBytes());
    }
}
