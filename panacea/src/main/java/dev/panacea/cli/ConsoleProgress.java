package dev.panacea.cli;

import dev.panacea.training.Progress;
import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress for people, on stderr: a bar on a terminal, now and then a plain line elsewhere. */
final class ConsoleProgress implements Progress {
    private static final long LINE_EVERY_MILLIS = 10_000;

    private final PrintStream out;
    private final boolean terminal;

    ConsoleProgress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public Stage start(String what, long total) {
        return terminal ? new BarStage(what, total) : new LineStage(what, total);
    }

    @Override
    public void note(String line) {
        out.println(line);
    }

    private final class BarStage implements Stage {
        private final ProgressBar bar;

        BarStage(String what, long total) {
            bar = new ProgressBarBuilder()
                .setTaskName(what)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(200)
                .setConsumer(new ConsoleProgressBarConsumer(out, 110))
                .build();
        }

        @Override
        public void advance(long amount, String detail) {
            bar.stepBy(amount);
            bar.setExtraMessage(" " + detail);
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    private final class LineStage implements Stage {
        private final String what;
        private final long total;
        private final long started = System.currentTimeMillis();
        private long lastLine = started;
        private long done;
        private String detail = "";

        LineStage(String what, long total) {
            this.what = what;
            this.total = total;
        }

        @Override
        public void advance(long amount, String text) {
            done += amount;
            detail = text;
            long now = System.currentTimeMillis();
            if (now - lastLine >= LINE_EVERY_MILLIS) {
                lastLine = now;
                print();
            }
        }

        @Override
        public void close() {
            print();
        }

        private void print() {
            Duration elapsed = Duration.ofMillis(System.currentTimeMillis() - started);
            out.printf("%s: %d of %d, %d s%s%n", what, done, total, elapsed.toSeconds(), detail.isEmpty() ? "" : "; " + detail);
        }
    }
}
