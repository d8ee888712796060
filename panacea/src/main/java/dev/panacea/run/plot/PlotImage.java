package dev.panacea.run.plot;

import dev.panacea.runtime.AtomicFile;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.knowm.xchart.XYChart;

/** Charts side by side on one PNG of {@value #WIDTH} × {@value #HEIGHT} pixels. */
final class PlotImage {

    static final int WIDTH = 1600;
    static final int HEIGHT = 1000;
    static final int CAPTION_HEIGHT = 40;

    private record Panel(XYChart chart, int x, int y) {
    }

    private final List<Panel> panels = new ArrayList<>();
    private String caption = "";

    /** Puts a chart with its upper left corner at ({@code x}, {@code y}); it has its own size. */
    PlotImage add(XYChart chart, int x, int y) {
        panels.add(new Panel(chart, x, y));
        return this;
    }

    /** Puts one line of text into the lowest {@value #CAPTION_HEIGHT} pixels, centred. */
    PlotImage caption(String text) {
        caption = text;
        return this;
    }

    /**
     * Draws an image into a file, whole or not at all.
     *
     * @return nothing, or why there is no image: text cannot be drawn on a machine without fonts, and a run does not fail for that
     */
    static Optional<String> write(Path file, Supplier<PlotImage> drawing) {
        Optional<String> missing = PlotFonts.missing();
        if (missing.isPresent()) {
            return Optional.of(file.getFileName() + " was not drawn, because Java finds no font on this machine (" + missing.get()
                + "); install fontconfig and one font, such as DejaVu");
        }
        BufferedImage image = drawing.get().painted();
        AtomicFile.write(file, sink -> {
            // Kept in memory: the default would go through a file in the temporary folder.
            try (ImageOutputStream stream = new MemoryCacheImageOutputStream(sink)) {
                if (!ImageIO.write(image, "png", stream)) {
                    throw new IOException("this Java has no PNG writer");
                }
            }
        });
        return Optional.empty();
    }

    private BufferedImage painted() {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, WIDTH, HEIGHT);
        for (Panel panel : panels) {
            Graphics2D corner = (Graphics2D) graphics.create();
            corner.translate(panel.x(), panel.y());
            panel.chart().paint(corner, panel.chart().getWidth(), panel.chart().getHeight());
            corner.dispose();
        }
        graphics.setColor(PlotStyle.INK);
        graphics.setFont(PlotStyle.font(Font.PLAIN, 16));
        graphics.drawString(caption, (WIDTH - graphics.getFontMetrics().stringWidth(caption)) / 2, HEIGHT - CAPTION_HEIGHT / 2);
        graphics.dispose();
        return image;
    }
}
