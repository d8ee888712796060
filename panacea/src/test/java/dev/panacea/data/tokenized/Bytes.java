package dev.panacea.data.tokenized;

import java.nio.charset.StandardCharsets;

/** A tokenizer for tests: ids are UTF-8 bytes plus 2, after BOS 0 and EOS 1. */
final class Bytes {

    static final Vocabulary VOCABULARY = new Vocabulary("bytes-1", 258, 0, 1);
    static final Vocabulary WITHOUT_BOS = new Vocabulary("bytes-1", 258, -1, 1);

    private Bytes() { }

    static int[] encode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (bytes[i] & 0xff) + 2;
        }
        return ids;
    }

    static Tokenizing tokenizing(int promptLimit, int responseLimit) {
        return new Tokenizing(Bytes::encode, VOCABULARY, new TokenLimits(promptLimit, responseLimit));
    }
}
