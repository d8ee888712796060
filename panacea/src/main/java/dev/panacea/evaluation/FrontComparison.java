package dev.panacea.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The hypervolumes of several systems above the one reference point chosen from all of them.
 *
 * @param front the system that was trained for every preference
 * @param base one point: the model with its adapter off, the same for every preference
 * @param fixed control points, each of a model trained for one preference alone; empty where none were trained
 * @param reference the shared point (m), see {@link ReferencePoint#below}
 */
public record FrontComparison(ParetoFront front, FrontPoint base, Optional<ParetoFront> fixed, double[] reference) {

    /** Compares the systems above the point that {@link ReferencePoint#below} chooses for them. */
    public static FrontComparison of(ParetoFront front, FrontPoint base, Optional<ParetoFront> fixed) {
        List<double[][]> systems = new ArrayList<>(List.of(front.objectives(), new double[][] {base.objectives()}));
        fixed.ifPresent(control -> systems.add(control.objectives()));
        return new FrontComparison(front, base, fixed, ReferencePoint.below(systems));
    }

    /** The hypervolume of the trained front. */
    public HypervolumeEstimate hypervolume() {
        return front.hypervolume(reference);
    }

    /** The hypervolume of the base model's one point. */
    public HypervolumeEstimate baseHypervolume() {
        return HypervolumeEstimate.of(new double[][] {base.objectives()}, reference);
    }

    /** The hypervolume of the fixed-preference models together, where there are any. */
    public Optional<HypervolumeEstimate> fixedHypervolume() {
        return fixed.map(control -> control.hypervolume(reference));
    }
}
