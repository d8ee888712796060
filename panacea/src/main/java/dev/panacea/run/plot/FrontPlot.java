package dev.panacea.run.plot;

import dev.panacea.evaluation.FrontComparison;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The evaluated front beside the base model and the models of one fixed preference: in the plane of the two objectives, or for
 * any other number of dimensions one panel each, its loss against its weight.
 */
public final class FrontPlot {

    private FrontPlot() {
    }

    /**
     * Draws the front into a PNG, atomically.
     *
     * @param training the same systems on the training data; for two dimensions in a panel of its own, else as a dashed line
     * @return nothing, or one sentence for the user on why there is no image
     */
    public static Optional<String> write(Path file, FrontComparison heldOut, Optional<FrontComparison> training) {
        boolean plane = heldOut.front().dimensions().size() == 2;
        return PlotImage.write(file, () -> plane ? plane(heldOut, training) : WeightPanels.image(heldOut, training));
    }

    private static PlotImage plane(FrontComparison heldOut, Optional<FrontComparison> training) {
        int width = training.isPresent() ? PlotImage.WIDTH / 2 : PlotImage.WIDTH;
        PlotImage image = new PlotImage().add(ObjectivePlane.chart(width, "Held-out front", heldOut), 0, 0);
        training.ifPresent(systems -> image.add(ObjectivePlane.chart(width, "Front on the training data", systems), width, 0));
        return image;
    }
}
