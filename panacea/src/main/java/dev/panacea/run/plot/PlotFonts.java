package dev.panacea.run.plot;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Optional;

/** Whether this machine can draw text. */
public final class PlotFonts {
    private PlotFonts() { }

    /** Nothing, or why no text can be drawn. */
    // Without fontconfig or fonts AWT fails at the first text metrics with a bare RuntimeException, without its native library
    // with a LinkageError; nothing but that first metrics is tried here, so that no other fault passes for a missing font.
    public static Optional<String> missing() {
        Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        try {
            graphics.getFontMetrics(PlotStyle.font(Font.PLAIN, 12)).stringWidth("λ");
            return Optional.empty();
        } catch (RuntimeException | LinkageError e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } finally {
            graphics.dispose();
        }
    }
}
