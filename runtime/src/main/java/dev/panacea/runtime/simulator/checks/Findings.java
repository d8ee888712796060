package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.Site;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Each distinct finding of one check once. Blocks report from several threads; the instance kept is that of the lowest block of
 * the first launch, so the result does not depend on which thread came first.
 */
final class Findings {
    private static final Comparator<Site> BY_PLACE = Comparator.nullsFirst(Comparator.comparing(Site::kernel).thenComparing(Site::index));

    /** What is the same of all occurrences; {@code kind} tells apart what one pair of instructions does wrong in two ways. */
    private record Key(String kind, Site site, Site other) { }

    private static final class Tally {
        private int launch;
        private int block;
        private String message;
        private long occurrences;
    }

    private final Check check;
    private final Map<Key, Tally> tallies = new HashMap<>();
    private int launch;

    Findings(Check check) {
        this.check = check;
    }

    synchronized void beginLaunch() {
        launch++;
    }

    synchronized void report(String kind, Site site, Site other, int block, Supplier<String> message) {
        Tally tally = tallies.computeIfAbsent(new Key(kind, site, other), key -> new Tally());
        tally.occurrences++;
        if (tally.message == null || tally.launch == launch && block < tally.block) {
            tally.launch = launch;
            tally.block = block;
            tally.message = message.get();
        }
    }

    /** In the order of kernels' names and their instructions. */
    synchronized List<Finding> list() {
        List<Key> keys = new ArrayList<>(tallies.keySet());
        keys.sort(Comparator.comparing(Key::site, BY_PLACE).thenComparing(Key::other, BY_PLACE).thenComparing(Key::kind));
        return keys.stream().map(key -> finding(key, tallies.get(key))).toList();
    }

    private Finding finding(Key key, Tally tally) {
        return new Finding(check, key.site, key.other, tally.message, tally.occurrences);
    }
}
