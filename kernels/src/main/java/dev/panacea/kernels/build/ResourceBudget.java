package dev.panacea.kernels.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much each kernel may take on each target, as the committed budget file says: lines in the columns of {@link ResourceUse#line()},
 * {@code #} before a comment, and one line {@code compiler RELEASE}, since another release of nvcc allocates otherwise.
 */
record ResourceBudget(String compiler, Map<String, ResourceUse> limits) {
    static final String COLUMNS = String.format("# %-42s %-8s %9s %9s %9s %9s", "kernel", "target", "registers", "spilled",
        "shared", "warps");

    static ResourceBudget read(Path file) throws IOException {
        String compiler = "";
        Map<String, ResourceUse> limits = new HashMap<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("compiler ")) {
                compiler = line.substring("compiler ".length()).strip();
            } else {
                ResourceUse limit = limit(file, number, line);
                limits.put(key(limit), limit);
            }
        }
        return new ResourceBudget(compiler, limits);
    }

    private static ResourceUse limit(Path file, int number, String line) throws IOException {
        try {
            return ResourceUse.of(line);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " line " + number + ": expected kernel, target, registers, spilled, shared, warps", e);
        }
    }

    /** One sentence for each kernel that takes more than it may, and for each that nothing is said of. */
    List<String> overruns(List<ResourceUse> uses) {
        List<String> overruns = new ArrayList<>();
        for (ResourceUse use : uses) {
            ResourceUse limit = limits.get(key(use));
            if (limit == null) {
                overruns.add("no budget for " + use.kernel() + " on " + use.target() + "; add the line:\n" + use.line());
            } else {
                compare(use, "registers", use.registers(), limit.registers(), overruns);
                compare(use, "spilled bytes", use.spilledBytes(), limit.spilledBytes(), overruns);
                compare(use, "bytes of shared memory", use.sharedBytes(), limit.sharedBytes(), overruns);
                if (use.warps() < limit.warps()) {
                    overruns.add(use.kernel() + " on " + use.target() + " lets only " + use.warps() + " warps be resident, its budget is "
                        + limit.warps());
                }
            }
        }
        return overruns;
    }

    private static void compare(ResourceUse use, String what, int taken, int allowed, List<String> overruns) {
        if (taken > allowed) {
            overruns.add(use.kernel() + " on " + use.target() + " takes " + taken + " " + what + ", its budget is " + allowed);
        }
    }

    private static String key(ResourceUse use) {
        return use.kernel() + " " + use.target();
    }
}
