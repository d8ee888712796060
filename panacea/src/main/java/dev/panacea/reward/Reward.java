package dev.panacea.reward;

/** How good a response is in one preference dimension; larger is better. */
public interface Reward {

    /** Name of the dimension. */
    String dimension();

    double score(String prompt, String response);
}
