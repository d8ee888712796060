package dev.panacea.runtime.simulator.ptx;

/** A piece of PTX text. @param start where it begins in the text @param end where it ends */
record Token(Kind kind, String text, int line, int start, int end) {

    enum Kind { NAME, DOTTED, NUMBER, STRING, PUNCTUATION, END }

    boolean is(String wanted) {
        return text.equals(wanted) && kind != Kind.STRING;
    }

    @Override
    public String toString() {
        return kind == Kind.END ? "the end of the text" : "'" + text + "'";
    }
}
