package dev.panacea.transformer.generation;

import java.util.Arrays;
import java.util.SplittableRandom;

/** One request on its way: its prompt, what was written behind it, and its draws, which no other request changes. */
final class Continuation {
    private final int owner;
    private final int[] prompt;
    private final int[] written;
    private final SplittableRandom random;
    private int count;
    private boolean finished;

    /**
     * @param owner the request's index
     * @param positions of the model, prompt and continuation together
     */
    Continuation(int owner, int[] prompt, Generator.Settings settings, int positions, SplittableRandom random) {
        this.owner = owner;
        this.prompt = prompt;
        this.random = random;
        written = new int[Math.min(settings.maxNewTokens(), positions - prompt.length)];
        finished = written.length == 0;
    }

    int owner() {
        return owner;
    }

    int[] prompt() {
        return prompt;
    }

    /** The next draw, uniform in [0, 1). */
    double uniform() {
        return random.nextDouble();
    }

    /** Takes a drawn token. */
    void append(int token, boolean stops) {
        finished = stops;
        if (!stops) {
            written[count++] = token;
            finished = count == written.length;
        }
    }

    boolean isFinished() {
        return finished;
    }

    /** The token drawn last. */
    int last() {
        return written[count - 1];
    }

    /** Where the token drawn last stands. */
    int position() {
        return prompt.length + count - 1;
    }

    /** What was written, without prompt and stop token. */
    int[] tokens() {
        return Arrays.copyOf(written, count);
    }
}
