package dev.panacea.cli;

import java.util.Locale;

/** How far a stage is, and how long the rest will take at the pace so far. */
final class Pace {
    private static final double NANOS = 1e9;

    private final String what;
    private final long total;
    private final long started = System.nanoTime();
    // The first advance is left out of the pace: it may be what an earlier process did, or hold all the warming up.
    private long firstDone = -1;
    private long firstAt;
    private long done;
    private String detail = "";

    Pace(String what, long total) {
        this.what = what;
        this.total = total;
    }

    void advance(long amount, String text) {
        done += amount;
        detail = text;
        if (firstDone < 0) {
            firstDone = done;
            firstAt = System.nanoTime();
        }
    }

    String what() {
        return what;
    }

    /** In [0, 1]; 1 for a stage without work. */
    double share() {
        return total <= 0 ? 1 : Math.clamp((double) done / total, 0, 1);
    }

    /** {@code training: 120 of 200, 0:56, 0:37 left; helpful 0.681}. */
    String line() {
        return what + ": " + done + " of " + total + ", " + times() + (detail.isEmpty() ? "" : "; " + detail);
    }

    /** {@code 120/200 0:56, 0:37 left  helpful 0.681}. */
    String brief() {
        return done + "/" + total + "  " + times() + (detail.isEmpty() ? "" : "  " + detail);
    }

    private String times() {
        long now = System.nanoTime();
        String elapsed = clock((now - started) / NANOS);
        boolean known = firstDone >= 0 && done > firstDone && done < total;
        return known ? elapsed + ", " + clock((now - firstAt) / NANOS / (done - firstDone) * (total - done)) + " left" : elapsed;
    }

    /** {@code 0:07}, {@code 12:07} or {@code 3:12:07}. */
    static String clock(double seconds) {
        long whole = Math.round(seconds);
        return whole < 3600 ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
            : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}
