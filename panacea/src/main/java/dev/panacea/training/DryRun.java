package dev.panacea.training;

import dev.panacea.autograd.Recomputation;
import dev.panacea.config.TrainConfig;
import dev.panacea.config.TrainingConfig;
import dev.panacea.training.plan.MemoryPlan;
import dev.panacea.training.plan.Place;
import dev.panacea.transformer.config.LlamaConfig;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a configured run would hold, known from the configuration and the model's shape alone: no weights, no data, no device.
 *
 * @param place where it would run
 * @param plan of the run as it is configured
 * @param largestBudgets the largest token budget that a card has room for, in steps of 128, under each recomputation; 0 where not even
 *     the least fits, and empty for a host
 */
public record DryRun(Place place, MemoryPlan plan, Map<Recomputation, Integer> largestBudgets) {
    private static final int STEP = 128;
    private static final int MOST = 1 << 20;

    /** @param dimensions of the preferences */
    public static DryRun of(TrainConfig config, LlamaConfig model, int dimensions, Place place) {
        Map<Recomputation, Integer> budgets = new EnumMap<>(Recomputation.class);
        if (place instanceof Place.Card card) {
            for (Recomputation recomputation : Recomputation.values()) {
                budgets.put(recomputation, largest(config, model, dimensions, card, recomputation));
            }
        }
        return new DryRun(place, new RunPlan(config, model, dimensions, place).longest(), budgets);
    }

    private static int largest(TrainConfig config, LlamaConfig model, int dimensions, Place.Card card, Recomputation recomputation) {
        int fits = 0;
        int tooMuch = STEP;
        while (tooMuch <= MOST && fits(withBudget(config, tooMuch, recomputation), model, dimensions, card)) {
            fits = tooMuch;
            tooMuch *= 2;
        }
        while (tooMuch - fits > STEP) {
            int middle = (fits + tooMuch) / 2 / STEP * STEP;
            if (fits(withBudget(config, middle, recomputation), model, dimensions, card)) {
                fits = middle;
            } else {
                tooMuch = middle;
            }
        }
        return Math.min(fits, MOST);
    }

    private static boolean fits(TrainConfig config, LlamaConfig model, int dimensions, Place.Card card) {
        return new RunPlan(config, model, dimensions, card).longest().cardBytes() <= card.model().memoryBytes();
    }

    // a batch of as many items as the budget takes
    private static TrainConfig withBudget(TrainConfig config, int budget, Recomputation recomputation) {
        return config.with(new TrainingConfig(1, budget, budget, 1, 1, recomputation, config.training().capture()));
    }

    /** Text for people. */
    public String text() {
        return switch (place) {
            case Place.Host host -> plan.table();
            case Place.Card card -> plan.cardTable() + verdict(card.model().memoryBytes()) + budgets();
        };
    }

    private String verdict(long memory) {
        long left = memory - plan.cardBytes();
        return String.format(Locale.ROOT, "%-30s %,18d bytes: it %s%n", "memory of the card", memory,
            left < 0 ? String.format(Locale.ROOT, "does not fit, by %,d bytes", -left)
                : String.format(Locale.ROOT, "fits, with %,d bytes to spare", left));
    }

    private String budgets() {
        StringBuilder text = new StringBuilder();
        largestBudgets.forEach((recomputation, budget) -> text.append(String.format(Locale.ROOT,
            "largest training.token_budget with training.recomputation %-9s %,9d%n", recomputation.name().toLowerCase(Locale.ROOT),
            budget)));
        return text.toString();
    }
}
