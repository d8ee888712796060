package dev.panacea.transformer.tokenizer;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.panacea.runtime.BadInputException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Text to token ids and back, as a Hugging Face {@code tokenizer.json} says, but never truncated or padded. Safe for use by many
 * threads; uses after {@link #close} throw {@code IllegalStateException}.
 */
public final class Tokenizer implements AutoCloseable {
    private final TokenizersLibrary library;
    private final long handle;
    private final Map<String, Integer> ids;
    private final int vocabularySize;
    private final OptionalInt beginOfSequence;
    /** Calls share it, closing excludes them: the native object must not vanish under a call. */
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean open = true;

    private Tokenizer(TokenizersLibrary library, long handle, Map<String, Integer> ids, OptionalInt beginOfSequence) {
        this.library = library;
        this.handle = handle;
        this.ids = ids;
        this.vocabularySize = ids.values().stream().mapToInt(Integer::intValue).max().orElseThrow() + 1;
        this.beginOfSequence = beginOfSequence;
    }

    /** {@link #load(Path, TokenizerOptions)}, exactly as the file says. */
    public static Tokenizer load(Path file) {
        return load(file, TokenizerOptions.AS_FILE);
    }

    /**
     * Loads a {@code tokenizer.json}.
     *
     * @throws BadInputException when the file is missing, broken, or of a kind that the native library does not know
     */
    public static Tokenizer load(Path file, TokenizerOptions options) {
        TokenizerFile json = TokenizerFile.read(file).withoutTruncationAndPadding();
        if (options.withoutLeadingSpace()) {
            json.withoutLeadingSpace();
        }
        Map<String, Integer> ids = json.vocabulary();
        TokenizersLibrary library = NativeTokenizers.load();
        try {
            long handle = library.createTokenizerFromString(json.json());
            return new Tokenizer(library, handle, ids, options.beginOfSequence());
        } catch (RuntimeException e) {
            throw new BadInputException(file + " cannot be used as a tokenizer: " + e.getMessage(), e);
        }
    }

    /**
     * The ids of a text.
     *
     * @param addSpecial whether the special tokens that the file (or the options) put around a text are added; special tokens
     *     written in the text itself are recognised either way
     */
    public int[] encode(String text, boolean addSpecial) {
        int[] encoded = whileOpen(() -> {
            long encoding = library.encode(handle, text, addSpecial);
            try {
                return Arrays.stream(library.getTokenIds(encoding)).mapToInt(Math::toIntExact).toArray();
            } finally {
                library.deleteEncoding(encoding);
            }
        });
        return addSpecial && beginOfSequence.isPresent() ? beginningWith(beginOfSequence.getAsInt(), encoded) : encoded;
    }

    private static int[] beginningWith(int first, int[] tokens) {
        if (tokens.length > 0 && tokens[0] == first) {
            return tokens;
        }
        int[] longer = new int[tokens.length + 1];
        longer[0] = first;
        System.arraycopy(tokens, 0, longer, 1, tokens.length);
        return longer;
    }

    /** The text of some ids; ids that the vocabulary does not have add nothing to it. */
    public String decode(int[] tokens, boolean skipSpecial) {
        long[] wide = Arrays.stream(tokens).asLongStream().toArray();
        return whileOpen(() -> library.decode(handle, wide, skipSpecial));
    }

    /** One more than the largest id: the rows that an embedding needs at least. */
    public int vocabularySize() {
        return vocabularySize;
    }

    /** The id of a token, given as it is spelled in the file. */
    public OptionalInt idOf(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    private <T> T whileOpen(Supplier<T> call) {
        lock.readLock().lock();
        try {
            if (!open) {
                throw new IllegalStateException("the tokenizer is closed");
            }
            return call.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Frees the native memory; closing twice is harmless. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (open) {
                open = false;
                library.deleteTokenizer(handle);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
