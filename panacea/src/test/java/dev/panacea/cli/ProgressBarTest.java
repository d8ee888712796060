package dev.panacea.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.training.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private final StringWriter written = new StringWriter();

    @Test
    void aBarFitsItsTerminalAndEndsItsLine() {
        int columns = 60;
        Progress bar = new ProgressBar(new PrintWriter(written), columns);
        try (Progress.Stage stage = bar.start("training", 3)) {
            for (int i = 0; i < 3; i++) {
                stage.advance(1, "helpfulness 0.693, harmlessness 0.693, a long detail that does not fit");
            }
        }
        for (String drawn : written.toString().split("\r\u001b\\[K")) {
            assertTrue(drawn.stripTrailing().length() < columns, drawn);
        }
        assertTrue(written.toString().contains("3/3") && written.toString().endsWith(System.lineSeparator()), written.toString());
    }

    @Test
    void aNoteTakesALineOfItsOwn() {
        Progress bar = new ProgressBar(new PrintWriter(written), 80);
        try (Progress.Stage stage = bar.start("training", 3)) {
            stage.advance(1, "");
            bar.note("a fact");
        }
        assertTrue(written.toString().contains("\r\u001b[Ka fact" + System.lineSeparator()), written.toString());
    }

    @Test
    void clockGrowsWithTheTime() {
        assertEquals("0:07", Pace.clock(7.2));
        assertEquals("12:07", Pace.clock(727));
        assertEquals("3:12:07", Pace.clock(3 * 3600 + 727));
    }
}
