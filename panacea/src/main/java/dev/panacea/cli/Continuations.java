package dev.panacea.cli;

import dev.panacea.data.tokenized.TokenLimits;
import dev.panacea.data.tokenized.Tokenizing;
import dev.panacea.preference.Preference;
import dev.panacea.training.LoadedModel;
import dev.panacea.transformer.generation.Generator;
import dev.panacea.transformer.model.RowProjector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * One prompt and how it goes on.
 *
 * @param prompt as the model read it
 */
record Continuations(String prompt, List<Continuation> continuations) {

    /**
     * @param preference null for a plain model
     * @param tokens that were drawn, without the one that ends a text
     */
    record Continuation(Preference preference, String text, int tokens) { }

    /** @param preferences under each of which the prompt is continued; none for once by a plain model */
    record Asked(String prompt, List<Preference> preferences) { }

    /**
     * Draws every continuation of every prompt, all of them in one batch or as many as the settings let at once.
     *
     * @param policy the model at these preferences, the owners of its rows being their indices
     */
    static List<Continuations> generate(LoadedModel model, List<Asked> asked, Function<List<Preference>, RowProjector> policy,
                                        Generator.Settings settings) {
        Tokenizing tokenizing = new Tokenizing(model.encoder(), model.vocabulary(), new TokenLimits(Integer.MAX_VALUE, 1));
        List<int[]> prompts = new ArrayList<>();
        List<Preference> wanted = new ArrayList<>();
        for (Asked one : asked) {
            int[] ids = tokenizing.prompt(one.prompt);
            wanted.addAll(one.preferences);
            IntStream.range(0, Math.max(1, one.preferences.size())).forEach(i -> prompts.add(ids));
        }
        List<int[]> drawn = new Generator(model.model()).generate(model.memory(), prompts, projector(wanted, policy), settings);
        List<Continuations> answers = new ArrayList<>();
        int next = 0;
        for (Asked one : asked) {
            List<Continuation> continuations = new ArrayList<>();
            for (int i = 0; i < Math.max(1, one.preferences.size()); i++) {
                int[] tokens = drawn.get(next++);
                continuations.add(new Continuation(one.preferences.isEmpty() ? null : one.preferences.get(i),
                    model.tokenizer().decode(tokens, true), tokens.length));
            }
            answers.add(new Continuations(one.prompt, continuations));
        }
        return answers;
    }

    // of the requests that have rows, which in a step are few of all
    private static RowProjector projector(List<Preference> wanted, Function<List<Preference>, RowProjector> policy) {
        if (wanted.isEmpty()) {
            return RowProjector.BASE;
        }
        return (tape, requestOfRow) -> {
            List<Integer> requests = IntStream.of(requestOfRow).distinct().boxed().toList();
            int[] ownerOfRow = IntStream.of(requestOfRow).map(requests::indexOf).toArray();
            return policy.apply(requests.stream().map(wanted::get).toList()).forRows(tape, ownerOfRow);
        };
    }

    /** For people: the text alone, or each under its preference. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (Continuation continuation : continuations) {
            if (continuations.size() > 1) {
                text.append(text.isEmpty() ? "" : "\n").append("λ = ").append(continuation.preference).append('\n');
            }
            text.append(printable(continuation.text)).append('\n');
        }
        return text.toString();
    }

    /** {@link #text} of several, each under its prompt. */
    static String text(List<Continuations> answers) {
        if (answers.size() == 1) {
            return answers.getFirst().text();
        }
        StringBuilder text = new StringBuilder();
        for (Continuations one : answers) {
            text.append(text.isEmpty() ? "" : "\n").append("> ").append(printable(one.prompt)).append('\n').append(one.text());
        }
        return text.toString();
    }

    // A model can write anything, also what would command a terminal.
    private static String printable(String text) {
        return text.strip().replaceAll("[\\p{Cntrl}&&[^\n\t]]", "␣");
    }
}
