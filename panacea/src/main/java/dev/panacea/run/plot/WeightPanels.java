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
import org.knowm.xchart.style.XYStyler;

/** One panel a dimension: its loss against its weight, over all evaluated preferences. A line that falls obeys the preference. */
final class WeightPanels {

    private static final int LABEL_WIDTH = 80;
    private static final int TICK_SPACING = 60;

    private WeightPanels() {
    }

    static PlotImage image(FrontComparison heldOut, Optional<FrontComparison> training) {
        int dimensions = heldOut.front().dimensions().size();
        int rows = Math.max(1, (int) Math.round(Math.sqrt(dimensions * 0.6))); // panels a little wider than high
        int columns = Math.ceilDiv(dimensions, rows);
        int width = PlotImage.WIDTH / columns;
        int height = (PlotImage.HEIGHT - PlotImage.CAPTION_HEIGHT) / rows;
        PlotImage image = new PlotImage().caption(caption(heldOut, training));
        for (int i = 0; i < dimensions; i++) {
            image.add(panel(i, width, height, heldOut, training), i % columns * width, i / columns * height);
        }
        return image;
    }

    private static XYChart panel(int i, int width, int height, FrontComparison heldOut, Optional<FrontComparison> training) {
        ParetoFront front = heldOut.front();
        Color colour = PlotStyle.dimension(i);
        XYChart chart = PlotStyle.chart(width, height, front.dimensions().get(i), "λ", "held-out loss");
        frame(chart.getStyler());
        meanLine(chart, "mean", front, i, colour);
        training.ifPresent(systems -> meanLine(chart, "mean, training data", systems.front(), i, PlotStyle.faint(colour, 170))
            .setLineStyle(PlotStyle.dashes(2)));
        PlotStyle.points(chart, "one preference", weights(front.points(), i), losses(front.points(), i), colour, PointMarker.dot());
        double base = heldOut.base().loss()[i];
        PlotStyle.line(chart, "base model", new double[] {0, 1}, new double[] {base, base}, PlotStyle.INK, 2)
            .setLineStyle(PlotStyle.dashes(2));
        heldOut.fixed().ifPresent(control -> PlotStyle.points(chart, "a model for each fixed λ",
            weights(control.points(), i), losses(control.points(), i), PlotStyle.faint(PlotStyle.INK, 130), PointMarker.ring()));
        return chart;
    }

    private static String caption(FrontComparison heldOut, Optional<FrontComparison> training) {
        return "dots: one preference each   ·   line: their mean"
            + (training.isPresent() ? "   ·   coloured dashes: mean on the training data" : "")
            + "   ·   black dashes: base model"
            + (heldOut.fixed().isPresent() ? "   ·   rings: a model for each fixed λ" : "");
    }

    // One caption explains all panels; they have no room for legends. The weights of a lattice are evenly spaced, and XChart
    // would put its ticks on them; an axis that goes a little further on either side has its ticks at round numbers.
    private static void frame(XYStyler styler) {
        styler.setXAxisMin(-0.02).setXAxisMax(1.02).setXAxisDecimalPattern("0.0").setXAxisTickMarkSpacingHint(TICK_SPACING);
        styler.setYAxisLeftWidthHint(LABEL_WIDTH).setMarkerSize(9).setLegendVisible(false);
    }

    private static XYSeries meanLine(XYChart chart, String name, ParetoFront front, int i, Color colour) {
        Map<Double, Double> means = front.points().stream().collect(Collectors.groupingBy(
            point -> point.preference().weight(i), TreeMap::new, Collectors.averagingDouble(point -> point.loss()[i])));
        return PlotStyle.line(chart, name, column(means.keySet()), column(means.values()), colour, 2);
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
