package dev.panacea.cli;

import dev.panacea.data.tokenized.TokenLimits;
import dev.panacea.data.tokenized.Tokenizing;
import dev.panacea.preference.Preference;
import dev.panacea.training.LoadedModel;
import dev.panacea.transformer.generation.Generator;
import dev.panacea.transformer.model.RowProjector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

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

    /**
     * Draws one continuation for each preference in one batch, or one where there are none.
     *
     * @param policy the model with a preference for each row of that batch
     */
    static Continuations generate(LoadedModel model, String prompt, List<Preference> preferences, RowProjector policy,
                                  Generator.Settings settings) {
        int[] ids = new Tokenizing(model.encoder(), model.vocabulary(), new TokenLimits(Integer.MAX_VALUE, 1)).prompt(prompt);
        int count = Math.max(1, preferences.size());
        List<int[]> drawn = new Generator(model.model()).generate(model.memory(), Collections.nCopies(count, ids), policy, settings);
        List<Continuation> continuations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            continuations.add(new Continuation(preferences.isEmpty() ? null : preferences.get(i),
                model.tokenizer().decode(drawn.get(i), true), drawn.get(i).length));
        }
        return new Continuations(prompt, continuations);
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

    // A model can write anything, also what would command a terminal.
    private static String printable(String text) {
        return text.strip().replaceAll("[\\p{Cntrl}&&[^\n\t]]", "␣");
    }
}
