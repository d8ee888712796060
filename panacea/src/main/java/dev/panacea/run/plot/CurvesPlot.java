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
    private static final int LABEL_WIDTH = 90;
    private static final int STEP_SPACING = 140;
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
        XYChart chart = chart(metrics, LOSS_HEIGHT, "Training loss of each dimension", "", "loss");
        chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
        for (int i = 0; i < dimensions.size(); i++) {
            int dimension = i;
            addCurve(chart, dimensions.get(i), metrics, step -> step.loss()[dimension], PlotStyle.dimension(i));
        }
        return chart;
    }

    private static XYChart gradientNorm(List<Metrics> metrics) {
        XYChart chart = chart(metrics, PlotImage.HEIGHT - LOSS_HEIGHT, "Gradient norm, before clipping", "optimiser step", "norm");
        chart.getStyler().setLegendVisible(false);
        addCurve(chart, "gradient norm", metrics, Metrics::gradientNorm, PlotStyle.QUIET);
        return chart;
    }

    // The same room for the labels in both, so that their steps stand one above the other. On evenly spaced steps XChart puts
    // its ticks on some of those; an axis that ends half a step later has them at round numbers.
    private static XYChart chart(List<Metrics> metrics, int height, String title, String x, String y) {
        XYChart chart = PlotStyle.chart(PlotImage.WIDTH, height, title, x, y);
        chart.getStyler().setYAxisLeftWidthHint(LABEL_WIDTH);
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(metrics.getLast().step() + 0.5);
        chart.getStyler().setXAxisTickMarkSpacingHint(STEP_SPACING).setXAxisDecimalPattern("#,##0");
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

    /** The mean over the nearest 1/{@value #SMOOTHING_SHARE} of the steps, half of them on either side, so that nothing lags. */
    static double[] smoothed(double[] values) {
        int reach = values.length / (2 * SMOOTHING_SHARE);
        double[] sums = new double[values.length + 1];
        int[] known = new int[values.length + 1];
        for (int j = 0; j < values.length; j++) {
            boolean gap = Double.isNaN(values[j]);
            sums[j + 1] = sums[j] + (gap ? 0 : values[j]);
            known[j + 1] = known[j] + (gap ? 0 : 1);
        }
        double[] smoothed = new double[values.length];
        for (int j = 0; j < values.length; j++) {
            int from = Math.max(0, j - reach);
            int to = Math.min(values.length, j + reach + 1);
            smoothed[j] = (sums[to] - sums[from]) / (known[to] - known[from]); // 0/0, a gap, where nothing is known
        }
        return smoothed;
    }
}
