package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.MemorySpace;
import dev.panacea.runtime.simulator.observation.Site;
import java.util.List;

/** Puts the races that one block meets into words. */
final class Races {
    private final Findings findings;
    private final List<Site> sites;
    private final int block;

    Races(Findings findings, List<Site> sites, int block) {
        this.findings = findings;
        this.sites = sites;
        this.block = block;
    }

    int block() {
        return block;
    }

    void report(MemorySpace space, long address, int earlierBlock, long earlier, long now) {
        if (earlierBlock == block) {
            inBlock(space, address, earlier, now);
        } else {
            betweenBlocks(space, address, earlierBlock, earlier, now);
        }
    }

    private void inBlock(MemorySpace space, long address, long earlier, long now) {
        String kind = does(now) + " after " + does(earlier);
        findings.report(space + kind, site(now), site(earlier), block, () -> kind + " at " + Lanes.place(space, address) + ": "
            + who(now, block) + " and, before it with nothing to order them, " + who(earlier, block) + doubt(earlier, now));
    }

    // Which of two blocks comes first is chance, so the order of the two instructions in the kernel decides who is named first.
    private void betweenBlocks(MemorySpace space, long address, int earlierBlock, long earlier, long now) {
        boolean swap = Stamp.site(earlier) < Stamp.site(now);
        long one = swap ? earlier : now;
        long two = swap ? now : earlier;
        int oneBlock = swap ? earlierBlock : block;
        int twoBlock = swap ? block : earlierBlock;
        findings.report(space + "between blocks", site(one), site(two), Math.min(block, earlierBlock),
            () -> does(one) + " and " + does(two) + " of two blocks at " + Lanes.place(space, address) + " in any order: "
                + who(one, oneBlock) + " and " + who(two, twoBlock));
    }

    private String who(long stamp, int ofBlock) {
        String copying = Stamp.epoch(stamp) == Stamp.UNDER_WAY ? " (cp.async, not waited for)" : "";
        return Lanes.thread(Stamp.thread(stamp), ofBlock) + " at " + site(stamp) + copying;
    }

    private static String doubt(long earlier, long now) {
        boolean oneInstruction = Stamp.site(earlier) == Stamp.site(now) && Stamp.writes(earlier) && Stamp.writes(now);
        return oneInstruction ? " (both by one instruction: harmless only if they write the same value)" : "";
    }

    private static String does(long stamp) {
        return (Stamp.strong(stamp) ? "strong " : "") + (Stamp.writes(stamp) ? "write" : "read");
    }

    private Site site(long stamp) {
        return sites.get(Stamp.site(stamp));
    }
}
