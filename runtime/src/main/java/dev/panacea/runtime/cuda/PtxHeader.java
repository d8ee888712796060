package dev.panacea.runtime.cuda;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What PTX text says of itself at its head.
 *
 * @param version of the language, for example {@code 7.1}
 * @param target what it was compiled for, for example {@code sm_80}
 */
record PtxHeader(String version, String target) {
    private static final int LONGEST_HEAD = 16 << 10;
    private static final Pattern VERSION = Pattern.compile("^\\s*\\.version\\s+(\\S+)", Pattern.MULTILINE);
    private static final Pattern TARGET = Pattern.compile("^\\s*\\.target\\s+([^\\s,]+)", Pattern.MULTILINE);

    /** Empty for a cubin and for what is no PTX at all. */
    static Optional<PtxHeader> of(byte[] image) {
        String head = new String(image, 0, Math.min(image.length, LONGEST_HEAD), StandardCharsets.ISO_8859_1);
        Matcher version = VERSION.matcher(head);
        Matcher target = TARGET.matcher(head);
        return version.find() && target.find() ? Optional.of(new PtxHeader(version.group(1), target.group(1))) : Optional.empty();
    }

    @Override
    public String toString() {
        return "PTX .version " + version + ", .target " + target;
    }
}
