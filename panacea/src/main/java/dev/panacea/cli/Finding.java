package dev.panacea.cli;

/** One thing that was looked at: what is there and, where that is not {@code fine}, what to do. */
record Finding(String what, boolean fine, String found) {

    static Finding fine(String what, String found) {
        return new Finding(what, true, found);
    }

    static Finding missing(String what, String found) {
        return new Finding(what, false, found);
    }

    String line() {
        return String.format("%-16s%s%s", what, fine ? "" : "MISSING: ", found);
    }
}
