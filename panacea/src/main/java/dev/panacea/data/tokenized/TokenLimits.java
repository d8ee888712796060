package dev.panacea.data.tokenized;

import dev.panacea.runtime.BadInputException;

/**
 * The most tokens kept, special tokens included.
 *
 * @param prompt of a prompt, at least 2
 * @param response of a response, at least 1
 */
public record TokenLimits(int prompt, int response) {

    public TokenLimits {
        if (prompt < 2 || response < 1) {
            throw new BadInputException("Token limits must allow at least 2 tokens a prompt and 1 a response, not " + prompt + " and "
                + response + ".");
        }
    }
}
