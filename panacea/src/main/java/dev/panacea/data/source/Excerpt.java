package dev.panacea.data.source;

/** Foreign text cut to a length that a message can bear. */
final class Excerpt {

    private static final int LONGEST = 40;

    private Excerpt() { }

    static String of(String text) {
        String line = text.replaceAll("\\p{Cntrl}", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }
}
