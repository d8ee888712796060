package dev.panacea.data.tokenized;

import dev.panacea.data.source.TextSource;
import dev.panacea.runtime.BadInputException;
import java.util.Arrays;

/** Documents for language modelling laid end to end and cut into chunks of one length. Held in memory, four bytes a token. */
public final class TokenStream {

    private final int[] ids;
    private final int length;

    private TokenStream(int[] ids, int length) {
        this.ids = ids;
        this.length = length;
    }

    /**
     * Each document between BOS, where there is one, and EOS; what does not fill a last chunk is left out.
     *
     * @param length tokens a chunk
     * @throws BadInputException when the text cannot be read, fills no chunk, or is more than fits an array
     */
    public static TokenStream of(TextSource documents, Encoder encoder, Vocabulary vocabulary, int length) {
        if (length < 2) {
            throw new BadInputException("A chunk needs at least 2 tokens, not " + length + ".");
        }
        Growing stream = new Growing();
        documents.forEach(text -> {
            if (vocabulary.hasBos()) {
                stream.add(vocabulary.bos());
            }
            stream.add(encoder.encode(text));
            stream.add(vocabulary.eos());
        });
        if (stream.size < length) {
            throw new BadInputException("The text has " + stream.size + " tokens, too few for one chunk of " + length + ".");
        }
        return new TokenStream(Arrays.copyOf(stream.ids, stream.size - stream.size % length), length);
    }

    private static final class Growing {
        private static final int LARGEST = Integer.MAX_VALUE - 8;
        private int[] ids = new int[1024];
        private int size;

        void add(int... more) {
            long needed = (long) size + more.length;
            if (needed > LARGEST) {
                throw new BadInputException("The text has more than " + LARGEST + " tokens; train on a part of it.");
            }
            if (needed > ids.length) {
                ids = Arrays.copyOf(ids, (int) Math.min(LARGEST, Math.max(needed, 2L * ids.length)));
            }
            System.arraycopy(more, 0, ids, size, more.length);
            size = (int) needed;
        }
    }

    /** How many chunks there are. */
    public int size() {
        return ids.length / length;
    }

    /** Chunk {@code i}: [length]. */
    public int[] chunk(int i) {
        if (i < 0 || i >= size()) {
            throw new IndexOutOfBoundsException("chunk " + i + " of " + size());
        }
        return Arrays.copyOfRange(ids, i * length, (i + 1) * length);
    }
}
