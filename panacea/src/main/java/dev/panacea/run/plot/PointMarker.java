package dev.panacea.run.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import org.knowm.xchart.style.markers.Marker;

/** The marks of points: a filled dot, a ring and a diamond, in the series' colour; a dot may carry a label. */
final class PointMarker {

    private static final Font LABEL = PlotStyle.font(Font.PLAIN, 15);

    private PointMarker() {
    }

    /** A dot edged in white, so that near ones stay apart. */
    static Marker dot() {
        return new Marker() {
            @Override
            public void paint(Graphics2D graphics, double x, double y, int size) {
                paintDot(graphics, x, y, size);
            }
        };
    }

    /**
     * A dot with its label to the upper right, left out where it would cover one already in {@code taken}.
     *
     * @param taken the places of the labels so far, in pixels; shared by the markers of one chart
     */
    static Marker labelled(String label, List<Rectangle2D> taken) {
        return new Marker() {
            @Override
            public void paint(Graphics2D graphics, double x, double y, int size) {
                Color colour = graphics.getColor();
                paintDot(graphics, x, y, size);
                graphics.setFont(LABEL);
                Rectangle2D bounds = graphics.getFontMetrics().getStringBounds(label, graphics);
                Rectangle2D place = new Rectangle2D.Double(x + size * 0.6, y - size * 0.6 - bounds.getHeight(),
                    bounds.getWidth(), bounds.getHeight());
                if (taken.stream().noneMatch(place::intersects)) {
                    taken.add(place);
                    graphics.setColor(colour.darker());
                    graphics.drawString(label, (float) place.getX(), (float) (place.getMaxY() - graphics.getFontMetrics().getDescent()));
                }
            }
        };
    }

    static Marker ring() {
        return new Marker() {
            @Override
            public void paint(Graphics2D graphics, double x, double y, int size) {
                graphics.setStroke(PlotStyle.stroke(3));
                graphics.draw(circle(x, y, size + 3));
            }
        };
    }

    static Marker diamond() {
        return new Marker() {
            @Override
            public void paint(Graphics2D graphics, double x, double y, int size) {
                double reach = size * 0.75;
                Path2D diamond = new Path2D.Double();
                diamond.moveTo(x, y - reach);
                diamond.lineTo(x + reach, y);
                diamond.lineTo(x, y + reach);
                diamond.lineTo(x - reach, y);
                diamond.closePath();
                graphics.fill(diamond);
            }
        };
    }

    private static void paintDot(Graphics2D graphics, double x, double y, int size) {
        Color colour = graphics.getColor();
        graphics.setColor(Color.WHITE);
        graphics.fill(circle(x, y, size + 3));
        graphics.setColor(colour);
        graphics.fill(circle(x, y, size));
    }

    private static Ellipse2D circle(double x, double y, double diameter) {
        return new Ellipse2D.Double(x - diameter / 2, y - diameter / 2, diameter, diameter);
    }
}
