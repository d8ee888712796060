package dev.panacea.transformer.tokenizer;

import java.util.OptionalInt;

/**
 * What to do otherwise than the tokenizer's file says.
 *
 * @param withoutLeadingSpace whether the space that many Llama tokenizers invent before a text is left out (and kept when decoding
 *     a text that begins with one); for weights that were trained without it, as TinyStories-656K were
 * @param beginOfSequence token to put first when special tokens are asked for and the file does not put it there itself
 */
public record TokenizerOptions(boolean withoutLeadingSpace, OptionalInt beginOfSequence) {

    /** Exactly as the file says, which is what the Hugging Face libraries do. */
    public static final TokenizerOptions AS_FILE = new TokenizerOptions(false, OptionalInt.empty());
}
