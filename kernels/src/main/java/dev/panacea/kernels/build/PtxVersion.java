package dev.panacea.kernels.build;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code .version} of PTX text. A compiler writes its own, and a driver refuses any that is newer than itself, although the
 * instructions may need much less: text lowered to what they need loads on drivers that are years older.
 */
record PtxVersion(int major, int minor) implements Comparable<PtxVersion> {
    private static final Pattern DIRECTIVE = Pattern.compile("^\\.version\\s+(\\d+)\\.(\\d+)\\s*$", Pattern.MULTILINE);

    /** Every version that NVIDIA has published from the first that knows sm_80. */
    private static final List<PtxVersion> PUBLISHED = List.of(
        new PtxVersion(7, 0), new PtxVersion(7, 1), new PtxVersion(7, 2), new PtxVersion(7, 3), new PtxVersion(7, 4),
        new PtxVersion(7, 5), new PtxVersion(7, 6), new PtxVersion(7, 7), new PtxVersion(7, 8), new PtxVersion(8, 0),
        new PtxVersion(8, 1), new PtxVersion(8, 2), new PtxVersion(8, 3), new PtxVersion(8, 4), new PtxVersion(8, 5),
        new PtxVersion(8, 6), new PtxVersion(8, 7), new PtxVersion(8, 8), new PtxVersion(9, 0));

    /** @throws IllegalArgumentException for text without a version */
    static PtxVersion of(String ptx) {
        Matcher directive = DIRECTIVE.matcher(ptx);
        if (!directive.find()) {
            throw new IllegalArgumentException("the PTX has no .version directive");
        }
        return new PtxVersion(Integer.parseInt(directive.group(1)), Integer.parseInt(directive.group(2)));
    }

    /**
     * What {@code assemble} makes of {@code ptx} with the lowest version at which {@code accepts} holds for that, and of the text as
     * it is where it holds at none that is lower.
     */
    static <T> T lowest(String ptx, Function<String, T> assemble, Predicate<T> accepts) {
        PtxVersion own = of(ptx);
        Optional<T> lowest = PUBLISHED.stream().filter(version -> version.compareTo(own) < 0)
            .map(version -> assemble.apply(version.in(ptx))).filter(accepts).findFirst();
        return lowest.orElseGet(() -> assemble.apply(ptx));
    }

    private String in(String ptx) {
        return DIRECTIVE.matcher(ptx).replaceFirst(".version " + this);
    }

    @Override
    public int compareTo(PtxVersion other) {
        return major == other.major ? Integer.compare(minor, other.minor) : Integer.compare(major, other.major);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
