package dev.panacea.run.plot;

import dev.panacea.evaluation.FrontComparison;
import dev.panacea.evaluation.FrontPoint;
import dev.panacea.evaluation.ParetoFront;
import java.awt.Color;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.XYStyler;

/** One panel a dimension: its loss against its weight, over all evaluated preferences. A line that falls obeys the preference. */
final class WeightPanels {

    private WeightPanels() {
    }

    static PlotImage image(FrontComparison heldOut, Optional<FrontComparison> training) {
        int dimensions = heldOut.front().dimensions().size();
        int rows = Math.max(1, (int) Math.round(Math.sqrt(dimensions * 0.6))); // panels a little wider than high
        int columns = Math.ceilDiv(dimensions, rows);
        int width = PlotImage.WIDTH / columns;
        int height = PlotImage.HEIGHT / rows;
        PlotImage image = new PlotImage();
        for (int i = 0; i < dimensions; i++) {
            image.add(panel(i, width, height, heldOut, training), i % columns * width, i / columns * height);
        }
        return image;
    }

    private static XYChart panel(int i, int width, int height, FrontComparison heldOut, Optional<FrontComparison> training) {
        ParetoFront front = heldOut.front();
        Color colour = PlotStyle.dimension(i);
        XYChart chart = PlotStyle.chart(width, height, front.dimensions().get(i), "λ", i == 0 ? "held-out loss" : "");
        frame(chart.getStyler(), width);
        double[] weights = weights(front.points(), i);
        double[] losses = losses(front.points(), i);
        PlotStyle.points(chart, "one preference", weights, losses, PlotStyle.faint(colour, 110), PointMarker.dot());
        meanLine(chart, "mean", front, i, colour);
        training.ifPresent(systems -> meanLine(chart, "mean, training data", systems.front(), i, PlotStyle.faint(colour, 170))
            .setLineStyle(PlotStyle.dashes(2)));
        double base = heldOut.base().loss()[i];
        PlotStyle.line(chart, "base model", new double[] {0, 1}, new double[] {base, base}, PlotStyle.INK, 2)
            .setLineStyle(PlotStyle.dashes(2));
        heldOut.fixed().ifPresent(control -> PlotStyle.points(chart, "a model for each fixed λ",
            weights(control.points(), i), losses(control.points(), i), PlotStyle.INK, PointMarker.ring()));
        return chart;
    }

    // Small panels have room for neither a legend below each nor many ticks.
    private static void frame(XYStyler styler, int width) {
        styler.setXAxisMin(0.0).setXAxisMax(1.0).setXAxisMaxLabelCount(6).setXAxisDecimalPattern("0.0");
        styler.setMarkerSize(9);
        styler.setLegendVisible(width >= PlotImage.WIDTH / 3);
        styler.setLegendLayout(LegendLayout.Vertical);
    }

    private static XYSeries meanLine(XYChart chart, String name, ParetoFront front, int i, Color colour) {
        Map<Double, Double> means = front.points().stream().collect(Collectors.groupingBy(
            point -> point.preference().weight(i), TreeMap::new, Collectors.averagingDouble(point -> point.loss()[i])));
        return PlotStyle.line(chart, name, column(means.keySet()), column(means.values()), colour, 3);
    }

    private static double[] weights(List<FrontPoint> points, int i) {
        return points.stream().mapToDouble(point -> point.preference().weight(i)).toArray();
    }

    private static double[] losses(List<FrontPoint> points, int i) {
        return points.stream().mapToDouble(point -> point.loss()[i]).toArray();
    }

    private static double[] column(Collection<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
