package dev.panacea.kernels.build;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one kernel takes of a multiprocessor.
 *
 * @param target for example {@code sm_80}
 * @param registers of a thread
 * @param spilledBytes of a thread, stores and loads together: registers that did not fit
 * @param sharedBytes of a block, with what a launch adds
 * @param warps that are resident at once when blocks are as large as they may be: the occupancy, of 64
 */
record ResourceUse(String kernel, String target, int registers, int spilledBytes, int sharedBytes, int warps) {
    private static final Pattern ENTRY = Pattern.compile("Compiling entry function '(\\S+)' for '(\\S+)'");
    private static final Pattern SPILLS = Pattern.compile("(\\d+) bytes spill stores, (\\d+) bytes spill loads");
    private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");
    private static final Pattern SHARED = Pattern.compile("(\\d+) bytes smem");

    /** Reads what {@code ptxas -v} says of kernels whose blocks {@code shapes} describes. */
    static List<ResourceUse> parse(String report, Map<String, BlockShape> shapes) {
        List<ResourceUse> uses = new ArrayList<>();
        String kernel = null;
        String target = null;
        int spilled = 0;
        for (String line : report.lines().toList()) {
            Matcher entry = ENTRY.matcher(line);
            if (entry.find()) {
                kernel = entry.group(1);
                target = entry.group(2);
                spilled = 0;
            }
            Matcher spills = SPILLS.matcher(line);
            if (spills.find()) {
                spilled = Integer.parseInt(spills.group(1)) + Integer.parseInt(spills.group(2));
            }
            Matcher registers = REGISTERS.matcher(line);
            if (registers.find() && kernel != null) {
                Matcher shared = SHARED.matcher(line);
                uses.add(of(kernel, target, Integer.parseInt(registers.group(1)), spilled,
                    shared.find() ? Integer.parseInt(shared.group(1)) : 0, shapes.get(kernel)));
                kernel = null;
            }
        }
        return uses;
    }

    private static ResourceUse of(String kernel, String target, int registers, int spilled, int staticShared, BlockShape block) {
        int shared = staticShared + block.dynamicSharedBytes();
        return new ResourceUse(kernel, target, registers, spilled, shared,
            Multiprocessor.of(target).residentWarps(block.threads(), registers, shared));
    }

    /** Reads what {@link #line} writes. */
    static ResourceUse of(String line) {
        String[] words = line.strip().split("\\s+");
        if (words.length != 6) {
            throw new IllegalArgumentException("expected kernel, target, registers, spilled, shared, warps");
        }
        return new ResourceUse(words[0], words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]), Integer.parseInt(words[4]),
            Integer.parseInt(words[5]));
    }

    String line() {
        return String.format("%-44s %-8s %9d %9d %9d %9d", kernel, target, registers, spilledBytes, sharedBytes, warps);
    }
}
