package dev.panacea.reward;

/** Prefers the response with fewer words. */
public final class Brevity implements Reward {

    @Override
    public String dimension() {
        return "brevity";
    }

    @Override
    public double score(String prompt, String response) {
        return -words(response);
    }

    /** Words, parted by white space. */
    public static int words(String text) {
        String stripped = text.strip();
        return stripped.isEmpty() ? 0 : stripped.split("\\s+").length;
    }
}
