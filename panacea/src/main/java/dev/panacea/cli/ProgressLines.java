package dev.panacea.cli;

import dev.panacea.training.Progress;
import java.io.PrintWriter;

/** Progress for logs and pipes: a plain line every ten seconds and one at each stage's end. */
final class ProgressLines implements Progress {
    private static final long EVERY_NANOS = 10_000_000_000L;

    private final PrintWriter out;

    ProgressLines(PrintWriter out) {
        this.out = out;
    }

    @Override
    public Stage start(String what, long total) {
        return new LineStage(new Pace(what, total));
    }

    @Override
    public void note(String line) {
        out.println(line);
    }

    private final class LineStage implements Stage {
        private final Pace pace;
        private long lastLine = System.nanoTime();

        LineStage(Pace pace) {
            this.pace = pace;
        }

        @Override
        public void advance(long amount, String detail) {
            pace.advance(amount, detail);
            if (System.nanoTime() - lastLine >= EVERY_NANOS) {
                lastLine = System.nanoTime();
                out.println(pace.line());
            }
        }

        @Override
        public void close() {
            out.println(pace.line());
        }
    }
}
