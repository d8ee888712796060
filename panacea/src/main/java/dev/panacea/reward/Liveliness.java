package dev.panacea.reward;

/** Prefers the response with more marks of lively speech: {@code !} and {@code ?}. */
public final class Liveliness implements Reward {

    @Override
    public String dimension() {
        return "liveliness";
    }

    @Override
    public double score(String prompt, String response) {
        return marks(response);
    }

    /** Exclamation and question marks. */
    public static int marks(String text) {
        return (int) text.chars().filter(c -> c == '!' || c == '?').count();
    }
}
