package dev.panacea.run.plot;

import dev.panacea.evaluation.FrontComparison;
import dev.panacea.evaluation.FrontPoint;
import dev.panacea.evaluation.HypervolumeEstimate;
import dev.panacea.evaluation.ParetoFront;
import java.awt.geom.Rectangle2D;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.markers.Marker;

/** Two objectives J = −loss against each other, every point coloured and labelled by the weight of the first. */
final class ObjectivePlane {

    private ObjectivePlane() {
    }

    static XYChart chart(int width, String title, FrontComparison systems) {
        List<String> names = systems.front().dimensions();
        XYChart chart = PlotStyle.chart(width, PlotImage.HEIGHT, title + ", labelled by λ of " + names.get(0),
            axis(names.get(0)), axis(names.get(1)));
        chart.getStyler().setLegendLayout(LegendLayout.Vertical);
        addFront(chart, systems.front(), systems.hypervolume());
        systems.fixed().ifPresent(control -> addRings(chart, control, systems.fixedHypervolume().orElseThrow()));
        double[][] base = coordinates(List.of(systems.base()));
        PlotStyle.points(chart, named("base model", systems.baseHypervolume()), base[0], base[1], PlotStyle.INK,
            PointMarker.diamond());
        return chart;
    }

    private static String named(String system, HypervolumeEstimate hypervolume) {
        return "%s: hypervolume %.3g".formatted(system, hypervolume.value());
    }

    private static String axis(String dimension) {
        return dimension + ": −loss, more is better";
    }

    private static void addFront(XYChart chart, ParetoFront front, HypervolumeEstimate hypervolume) {
        List<FrontPoint> byWeight = front.points().stream().sorted(Comparator.comparingDouble(ObjectivePlane::weight)).toList();
        double[][] path = coordinates(byWeight);
        PlotStyle.line(chart, "path", path[0], path[1], PlotStyle.faint(PlotStyle.QUIET, 140), 2).setShowInLegend(false);
        // The ends first: their labels matter most where there is no room for all.
        List<FrontPoint> endsFirst = new ArrayList<>(byWeight);
        endsFirst.addFirst(endsFirst.removeLast());
        List<Rectangle2D> taken = new ArrayList<>();
        addByWeight(chart, named("one model", hypervolume), endsFirst, PointMarker.dot(),
            point -> PointMarker.labelled(label(weight(point)), taken));
    }

    private static void addRings(XYChart chart, ParetoFront control, HypervolumeEstimate hypervolume) {
        String system = control.points().size() == 1 ? "a model for one λ alone" : "a model for each λ";
        addByWeight(chart, named(system, hypervolume), control.points(), PointMarker.ring(), point -> PointMarker.ring());
    }

    // A series has one colour, so every point is a series; the one under them all, covered by them, stands in the legend.
    private static void addByWeight(XYChart chart, String name, List<FrontPoint> points, Marker plain,
                                    Function<FrontPoint, Marker> marker) {
        double[][] all = coordinates(points);
        PlotStyle.points(chart, name, all[0], all[1], PlotStyle.weight(0.5), plain);
        for (int j = 0; j < points.size(); j++) {
            double[][] one = coordinates(points.subList(j, j + 1));
            PlotStyle.points(chart, name + " " + j, one[0], one[1], PlotStyle.weight(weight(points.get(j))), marker.apply(points.get(j)))
                .setShowInLegend(false);
        }
    }

    // Steps of a tenth need one digit, finer grids two.
    private static String label(double weight) {
        return BigDecimal.valueOf(weight).setScale(2, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
    }

    private static double weight(FrontPoint point) {
        return point.preference().weight(0);
    }

    /** The objectives J_0 and J_1 of the points, as two columns. */
    private static double[][] coordinates(List<FrontPoint> points) {
        return new double[][] {
            points.stream().mapToDouble(point -> -point.loss()[0]).toArray(),
            points.stream().mapToDouble(point -> -point.loss()[1]).toArray()};
    }
}
