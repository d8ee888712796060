package dev.panacea.data;

/** Throws each prompt at a point of [0, 1) that depends on nothing but the seed and the prompt's text. */
record PromptHash(long seed) {

    boolean below(String prompt, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("a share lies in [0, 1], not " + share);
        }
        return point(prompt) < share;
    }

    private double point(String prompt) {
        long hash = SplitMix.mix(seed);
        for (int i = 0; i < prompt.length(); i++) {
            hash = SplitMix.mix(hash ^ prompt.charAt(i));
        }
        return SplitMix.unit(hash);
    }
}
