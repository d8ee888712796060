package dev.panacea.cli;

import dev.panacea.training.Progress;
import java.io.PrintWriter;

/** Progress for a terminal: one line, redrawn in place by whoever advances; no thread of its own. */
final class ProgressBar implements Progress {
    private static final long EVERY_NANOS = 100_000_000;
    private static final int BAR = 24;
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintWriter out;
    private final int columns;
    private BarStage current;

    /** @param columns of the terminal; a longer line would wrap and could not be redrawn */
    ProgressBar(PrintWriter out, int columns) {
        this.out = out;
        this.columns = columns;
    }

    @Override
    public synchronized Stage start(String what, long total) {
        current = new BarStage(new Pace(what, total));
        current.draw();
        return current;
    }

    @Override
    public synchronized void note(String line) {
        if (current == null) {
            out.println(line);
        } else {
            out.println(ERASE_LINE + line);
            current.draw();
        }
    }

    private final class BarStage implements Stage {
        private final Pace pace;
        private long drawn;

        BarStage(Pace pace) {
            this.pace = pace;
        }

        @Override
        public void advance(long amount, String detail) {
            synchronized (ProgressBar.this) {
                pace.advance(amount, detail);
                if (System.nanoTime() - drawn >= EVERY_NANOS) {
                    draw();
                }
            }
        }

        @Override
        public void close() {
            synchronized (ProgressBar.this) {
                draw();
                out.println();
                current = null;
            }
        }

        private void draw() {
            drawn = System.nanoTime();
            int filled = (int) (pace.share() * BAR);
            String line = pace.what() + "  " + "█".repeat(filled) + "░".repeat(BAR - filled) + "  " + pace.brief();
            out.print(ERASE_LINE + line.substring(0, Math.min(line.length(), columns - 1)));
            out.flush();
        }
    }
}
