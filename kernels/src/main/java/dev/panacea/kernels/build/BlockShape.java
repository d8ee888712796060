package dev.panacea.kernels.build;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How large a block of a kernel may be, as its PTX says: by its launch bounds, and by the constant {@code KERNEL_dynamic_shared} beside
 * a kernel whose launch adds shared memory.
 *
 * @param threads at most
 * @param dynamicSharedBytes that a launch adds
 */
record BlockShape(int threads, int dynamicSharedBytes) {
    private static final Pattern ENTRY = Pattern.compile("\\.entry\\s+(\\w+)\\s*\\(");
    private static final Pattern THREADS = Pattern.compile("\\.maxntid\\s+(\\d+)(?:\\s*,\\s*(\\d+))?(?:\\s*,\\s*(\\d+))?");
    private static final Pattern DYNAMIC = Pattern.compile("\\.const\\s.*\\s(\\w+)_dynamic_shared\\s*=\\s*(\\d+)\\s*;");

    /**
     * Of every kernel in {@code ptx}, by its name.
     *
     * @throws IllegalStateException when a kernel has no launch bounds
     */
    static Map<String, BlockShape> parse(String ptx) {
        Map<String, Integer> dynamic = new HashMap<>();
        DYNAMIC.matcher(ptx).results().forEach(match -> dynamic.put(match.group(1), Integer.parseInt(match.group(2))));
        Map<String, BlockShape> shapes = new HashMap<>();
        Matcher entry = ENTRY.matcher(ptx);
        while (entry.find()) {
            String kernel = entry.group(1);
            String directives = ptx.substring(entry.end(), ptx.indexOf('{', entry.end()));
            shapes.put(kernel, new BlockShape(threads(kernel, directives), dynamic.getOrDefault(kernel, 0)));
        }
        return shapes;
    }

    private static int threads(String kernel, String directives) {
        Matcher bounds = THREADS.matcher(directives);
        if (!bounds.find()) {
            throw new IllegalStateException("kernel " + kernel + " says not how large its blocks are; give it __launch_bounds__");
        }
        int threads = Integer.parseInt(bounds.group(1));
        for (int axis = 2; axis <= 3 && bounds.group(axis) != null; axis++) {
            threads *= Integer.parseInt(bounds.group(axis));
        }
        return threads;
    }
}
