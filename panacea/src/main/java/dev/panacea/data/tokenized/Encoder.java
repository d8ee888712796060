package dev.panacea.data.tokenized;

/** Text to token ids, without special tokens. */
@FunctionalInterface
public interface Encoder {

    int[] encode(String text);
}
