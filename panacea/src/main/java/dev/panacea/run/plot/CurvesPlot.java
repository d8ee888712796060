package dev.panacea.run.plot;

import dev.panacea.run.Metrics;
import java.awt.Color;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler.LegendPosition;

/** The course of training: each dimension's loss, raw and smoothed, above the norm of the gradient. */
public final class CurvesPlot {

    private static final int LOSS_HEIGHT = 620;
    private static final int SMOOTHING_SHARE = 40;

    private CurvesPlot() {
    }

    /**
     * Draws {@code metrics} into a PNG, atomically.
     *
     * @return nothing, or one sentence for the user on why there is no image
     */
    public static Optional<String> write(Path file, List<String> dimensions, List<Metrics> metrics) {
        if (metrics.isEmpty()) {
            return Optional.of(file.getFileName() + " was not drawn, because no step was recorded");
        }
        return PlotImage.write(file, () -> new PlotImage()
            .add(losses(dimensions, metrics), 0, 0)
            .add(gradientNorm(metrics), 0, LOSS_HEIGHT));
    }

    private static XYChart losses(List<String> dimensions, List<Metrics> metrics) {
        XYChart chart = PlotStyle.chart(PlotImage.WIDTH, LOSS_HEIGHT, "Training loss of each dimension", "", "loss");
        chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
        for (int i = 0; i < dimensions.size(); i++) {
            int dimension = i;
            addCurve(chart, dimensions.get(i), metrics, step -> step.loss()[dimension], PlotStyle.dimension(i));
        }
        return chart;
    }

    private static XYChart gradientNorm(List<Metrics> metrics) {
        XYChart chart = PlotStyle.chart(PlotImage.WIDTH, PlotImage.HEIGHT - LOSS_HEIGHT, "Gradient norm, before clipping",
            "optimiser step", "norm");
        chart.getStyler().setLegendVisible(false);
        addCurve(chart, "gradient norm", metrics, Metrics::gradientNorm, PlotStyle.QUIET);
        return chart;
    }

    private static void addCurve(XYChart chart, String name, List<Metrics> metrics, ToDoubleFunction<Metrics> value, Color colour) {
        double[] steps = metrics.stream().mapToDouble(Metrics::step).toArray();
        // A diverged step is a gap in the line.
        double[] raw = metrics.stream().mapToDouble(value).map(x -> Double.isFinite(x) ? x : Double.NaN).toArray();
        if (Arrays.stream(raw).allMatch(Double::isNaN)) {
            return;
        }
        PlotStyle.line(chart, name + ", each step", steps, raw, PlotStyle.faint(colour, 70), 1).setShowInLegend(false);
        PlotStyle.line(chart, name, steps, smoothed(raw), colour, 3);
    }

    /** The exponential moving average over about 1/{@value #SMOOTHING_SHARE} of the steps, unbiased at its beginning. */
    static double[] smoothed(double[] values) {
        double decay = 1 - 1.0 / Math.max(1, values.length / (double) SMOOTHING_SHARE);
        double[] smoothed = new double[values.length];
        double sum = 0;
        double weight = 0;
        for (int j = 0; j < values.length; j++) {
            boolean known = !Double.isNaN(values[j]);
            sum = decay * sum + (known ? values[j] : 0);
            weight = decay * weight + (known ? 1 : 0);
            smoothed[j] = weight > 0 ? sum / weight : Double.NaN;
        }
        return smoothed;
    }
}
