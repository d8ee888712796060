package dev.panacea.training;

import dev.panacea.evaluation.FrontComparison;
import dev.panacea.evaluation.FrontEvaluation;
import dev.panacea.evaluation.FrontPoint;
import dev.panacea.evaluation.ParetoFront;
import dev.panacea.objective.Objective;
import dev.panacea.preference.Preference;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import java.util.List;
import java.util.Optional;

/**
 * The systems that a run compares: the adapter at every λ of a grid, the base model, and the control where one was trained.
 *
 * @param control an adapter trained at the centre of the simplex alone
 * @param tokenBudget most tokens in one forward pass
 */
record SystemsOnGrid(LoadedModel model, List<Preference> grid, SvdLoraAdapter adapter, Optional<SvdLoraAdapter> control,
                     int tokenBudget) {

    /** Measures all systems on {@code items}; {@code what} names the work. */
    FrontComparison compare(String what, Objective objective, int[] items, Progress progress) {
        FrontEvaluation evaluation = new FrontEvaluation(model.model(), model.memory(), objective, items, tokenBudget);
        Preference centre = Preference.centre(objective.dimensions().size());
        try (Progress.Stage stage = progress.start(what, grid.size() + 1L + (control.isPresent() ? 1 : 0))) {
            ParetoFront front = evaluation.front(adapter, grid, () -> stage.advance(1, ""));
            FrontPoint base = evaluation.base(centre);
            stage.advance(1, "");
            Optional<ParetoFront> fixed = control.map(other -> evaluation.front(other, List.of(centre), () -> stage.advance(1, "")));
            return FrontComparison.of(front, base, fixed);
        }
    }
}
