package dev.panacea.kernels.counters;

import dev.panacea.kernels.CounterCase;
import dev.panacea.runtime.simulator.checks.LaunchCounters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What one kernel did in one case.
 *
 * @param instructions of warps
 * @param sectors a global request
 * @param conflicts a shared request, passes beyond the least
 * @param perFlop instructions for each useful operation of the case, 0 without any
 * @param traffic bytes of all global sectors over the bytes of the case
 */
record CounterLine(String kernel, String example, double instructions, double sectors, double conflicts, double perFlop, double traffic) {
    static final String COLUMNS = String.format("# %-42s %-36s %12s %8s %9s %9s %8s", "kernel", "case", "instructions", "sectors",
        "conflicts", "per_flop", "traffic");

    static CounterLine of(CounterCase example, LaunchCounters counters) {
        long total = counters.total().warps();
        return new CounterLine(counters.kernel(), example.name(), total, counters.sectorsPerRequest(), counters.conflictsPerRequest(),
            example.flops() == 0 ? 0 : (double) total / example.flops(), (double) counters.global().movedBytes() / example.bytes());
    }

    /** @throws IllegalArgumentException for anything but what {@link #text} writes */
    static CounterLine parse(String line) {
        String[] words = line.strip().split("\\s+");
        if (words.length != 7) {
            throw new IllegalArgumentException("expected seven words: " + line);
        }
        return new CounterLine(words[0], words[1], Double.parseDouble(words[2]), Double.parseDouble(words[3]), Double.parseDouble(words[4]),
            Double.parseDouble(words[5]), Double.parseDouble(words[6]));
    }

    String text() {
        return String.format(Locale.ROOT, "  %-42s %-36s %12.0f %8.3f %9.3f %9.6f %8.3f", kernel, example, instructions, sectors, conflicts,
            perFlop, traffic);
    }

    String key() {
        return kernel + " " + example;
    }

    /** One sentence for each counter that is above {@code kept} by more than {@code share}. */
    List<String> regressions(CounterLine kept, double share) {
        List<String> sentences = new ArrayList<>();
        compare("warp instructions", instructions, kept.instructions, share, sentences);
        compare("sectors a request", sectors, kept.sectors, share, sentences);
        compare("bank conflicts a request", conflicts, kept.conflicts, share, sentences);
        compare("instructions a flop", perFlop, kept.perFlop, share, sentences);
        compare("bytes moved over bytes needed", traffic, kept.traffic, share, sentences);
        return sentences;
    }

    // the smallest step that the file keeps is no regression of a value near 0
    private void compare(String what, double now, double kept, double share, List<String> sentences) {
        if (now > kept * (1 + share) + 0.0005) {
            sentences.add(kernel + " in " + example + ": " + what + " rose from " + kept + " to " + now);
        }
    }
}
