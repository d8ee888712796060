package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.Site;

/**
 * One thing that is wrong with a program, however often it happens.
 *
 * @param site the accused instruction; null for a leak
 * @param other the second instruction of a race or of a barrier, else null
 * @param message its first instance: block, threads, address and space
 * @param occurrences in all launches watched
 */
public record Finding(Check check, Site site, Site other, String message, long occurrences) {
    @Override
    public String toString() {
        return check + ": " + message + (occurrences > 1 ? " (" + occurrences + " times)" : "");
    }
}
