package dev.panacea.data.tokenized;

/**
 * What must be known of a tokenizer to use its ids.
 *
 * @param tokenizer a hash that changes with the tokenizer, so that ids are never read with another
 * @param size ids are 0 to size - 1
 * @param bos the id a sequence begins with; -1 for none
 * @param eos the id that ends a response
 */
public record Vocabulary(String tokenizer, int size, int bos, int eos) {

    public Vocabulary {
        if (size < 1 || bos < -1 || bos >= size || eos < 0 || eos >= size) {
            throw new IllegalArgumentException("ids " + bos + " and " + eos + " of a vocabulary of " + size);
        }
    }

    boolean hasBos() {
        return bos >= 0;
    }
}
