package dev.panacea.bench.gpu;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What JUnit's console says at its end, in a few words: a run that skipped all its tests must not look like one that passed them. */
final class TestCounts {
    private static final Pattern COUNT = Pattern.compile("\\[\\s*(\\d+) tests (successful|aborted|skipped|failed)\\s*]");

    private TestCounts() { }

    static String of(String output) {
        long passed = 0;
        long skipped = 0;
        long failed = 0;
        Matcher counts = COUNT.matcher(output);
        while (counts.find()) {
            long count = Long.parseLong(counts.group(1));
            switch (counts.group(2)) {
                case "successful" -> passed = count;
                case "failed" -> failed = count;
                default -> skipped += count;
            }
        }
        return passed + " tests passed, " + skipped + " skipped, " + failed + " failed";
    }
}
