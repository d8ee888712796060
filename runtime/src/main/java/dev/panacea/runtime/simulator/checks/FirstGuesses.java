package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.Site;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Plain loads that only begin a compare-and-swap loop: whatever they read, the swap finds out, so they race with no atomic. They are
 * told by their address, which is written as that of an atom.cas of the same kernel.
 */
final class FirstGuesses {
    private FirstGuesses() { }

    /** By {@link Site#index()}. */
    static BitSet of(List<Site> sites) {
        Set<String> swapped = new HashSet<>();
        for (Site site : sites) {
            if (site.text().contains(".cas.")) {
                swapped.add(address(site));
            }
        }
        BitSet guesses = new BitSet();
        for (Site site : swapped.isEmpty() ? List.<Site>of() : sites) {
            guesses.set(site.index(), Opcode.of(site).name().startsWith("ld.") && swapped.contains(address(site)));
        }
        return guesses;
    }

    private static String address(Site site) {
        for (String operand : Opcode.of(site).operands()) {
            if (operand.startsWith("[")) {
                return operand;
            }
        }
        return "";
    }
}
