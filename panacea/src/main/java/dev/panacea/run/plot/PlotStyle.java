package dev.panacea.run.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** How all plots look: one typeface, quiet grid, colours that the colour-blind tell apart. */
final class PlotStyle {

    static final Color INK = new Color(0x2B2F36);
    static final Color QUIET = new Color(0x8A929E);
    private static final Color GRID = new Color(0xE6E9EE);

    // Okabe and Ito's set, its yellow darkened to be seen on white, then three more of the same strength.
    private static final int[] DIMENSIONS = {
        0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x9A8700, 0x6A3D9A, 0x8C564B, 0x5C6B7A};

    // From all weight on the second dimension to all weight on the first.
    private static final int[] WEIGHTS = {0x2C4FB0, 0x6F43A8, 0xB83A86, 0xE0554F, 0xF29A2E};

    private PlotStyle() {
    }

    static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }

    /** The colour of dimension {@code i}; they repeat after ten. */
    static Color dimension(int i) {
        return new Color(DIMENSIONS[i % DIMENSIONS.length]);
    }

    /** The colour of a weight from 0 to 1. */
    static Color weight(double weight) {
        double place = weight * (WEIGHTS.length - 1);
        int below = Math.min((int) place, WEIGHTS.length - 2);
        return mix(new Color(WEIGHTS[below]), new Color(WEIGHTS[below + 1]), place - below);
    }

    static Color faint(Color colour, int alpha) {
        return new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), alpha);
    }

    /** An empty chart of {@code width} × {@code height} pixels. */
    static XYChart chart(int width, int height, String title, String x, String y) {
        XYChart chart = new XYChart(width, height, ChartTheme.Matlab);
        chart.setTitle(title);
        chart.setXAxisTitle(x);
        chart.setYAxisTitle(y);
        XYStyler styler = chart.getStyler();
        styler.setChartBackgroundColor(Color.WHITE).setPlotBackgroundColor(Color.WHITE).setPlotBorderVisible(false);
        styler.setChartTitleFont(font(Font.BOLD, 20)).setChartTitlePadding(12).setChartFontColor(INK).setChartPadding(16);
        styler.setLegendFont(font(Font.PLAIN, 16)).setLegendBorderColor(Color.WHITE).setLegendPadding(8);
        styler.setLegendPosition(LegendPosition.OutsideS).setLegendLayout(LegendLayout.Horizontal);
        styler.setAxisTitleFont(font(Font.PLAIN, 17)).setAxisTickLabelsFont(font(Font.PLAIN, 14));
        styler.setAxisTickLabelsColor(INK).setAxisTicksLineVisible(false).setAxisTicksMarksVisible(false).setAxisTickPadding(8);
        styler.setPlotGridLinesColor(GRID).setPlotGridLinesStroke(new BasicStroke(1)).setPlotTicksMarksVisible(false);
        styler.setPlotContentSize(0.9).setMarkerSize(13);
        return chart;
    }

    /** Adds a line without markers. */
    static XYSeries line(XYChart chart, String name, double[] x, double[] y, Color colour, float width) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setMarker(SeriesMarkers.NONE).setLineColor(colour).setLineWidth(width).setLineStyle(stroke(width));
        return series;
    }

    /** Adds markers without a line. */
    static XYSeries points(XYChart chart, String name, double[] x, double[] y, Color colour, Marker marker) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setMarker(marker).setMarkerColor(colour).setLineStyle(SeriesLines.NONE);
        return series;
    }

    static BasicStroke stroke(float width) {
        return new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    }

    static BasicStroke dashes(float width) {
        return new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {8, 6}, 0);
    }

    private static Color mix(Color a, Color b, double share) {
        return new Color(mix(a.getRed(), b.getRed(), share), mix(a.getGreen(), b.getGreen(), share), mix(a.getBlue(), b.getBlue(), share));
    }

    private static int mix(int a, int b, double share) {
        return (int) Math.round(a + share * (b - a));
    }
}
