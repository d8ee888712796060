package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.Site;

/**
 * An instruction's text taken apart.
 *
 * @param name with all its suffixes, without the guard
 * @param operands as written; none is an empty array
 */
record Opcode(String name, String[] operands) {

    static Opcode of(Site site) {
        String text = site.text().strip();
        if (text.startsWith("@")) {
            text = text.substring(text.indexOf(' ') + 1).strip();
        }
        text = text.endsWith(";") ? text.substring(0, text.length() - 1).strip() : text;
        String[] parts = text.split("\\s+", 2);
        return new Opcode(parts[0], parts.length == 1 ? new String[0] : parts[1].strip().split("\\s*,\\s*"));
    }

    /** Whether it passes arguments of a call, which the simulator keeps in local memory and hardware mostly in registers. */
    static boolean passesArguments(Site site) {
        return site.text().contains("ld.param") || site.text().contains("st.param");
    }

    boolean has(String suffix) {
        return (name + ".").contains("." + suffix + ".");
    }
}
