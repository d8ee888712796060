package dev.panacea.data.tokenized;

import java.util.Arrays;

/** Turns prompts and responses into token ids within limits. */
public record Tokenizing(Encoder encoder, Vocabulary vocabulary, TokenLimits limits) {

    /** BOS where there is one, then the end of the prompt: what was said last matters most. */
    public int[] prompt(String text) {
        int[] ids = checked(encoder.encode(text));
        int bos = vocabulary.hasBos() ? 1 : 0;
        int kept = Math.min(ids.length, limits.prompt() - bos);
        int[] prompt = new int[bos + kept];
        if (bos > 0) {
            prompt[0] = vocabulary.bos();
        }
        System.arraycopy(ids, ids.length - kept, prompt, bos, kept);
        return prompt;
    }

    /** The beginning of the response; EOS follows only when the whole response and EOS fit, so that a cut is never taught as an end. */
    public int[] response(String text) {
        int[] ids = checked(encoder.encode(text));
        if (ids.length >= limits.response()) {
            return Arrays.copyOf(ids, limits.response());
        }
        int[] ended = Arrays.copyOf(ids, ids.length + 1);
        ended[ids.length] = vocabulary.eos();
        return ended;
    }

    /** Whether a response has nothing before its EOS. */
    boolean isEmpty(int[] response) {
        return response.length == 0 || response.length == 1 && response[0] == vocabulary.eos();
    }

    private int[] checked(int[] ids) {
        for (int id : ids) {
            if (id < 0 || id >= vocabulary.size()) {
                throw new IllegalStateException("the encoder gave the id " + id + " for a vocabulary of " + vocabulary.size());
            }
        }
        return ids;
    }
}
