package dev.panacea.data.tokenized;

import dev.panacea.data.Dimensions;
import dev.panacea.data.arrow.ArrowTable;
import dev.panacea.runtime.BadInputException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a tokenised file says of itself, in its Arrow schema's metadata. */
public record TokenizedHeader(List<String> dimensions, Vocabulary vocabulary, TokenLimits limits) {

    private static final String KIND = "panacea.kind";
    private static final String DIMENSIONS = "panacea.dimensions";
    private static final String TOKENIZER = "panacea.tokenizer";
    private static final String VOCABULARY = "panacea.vocabulary";
    private static final String BOS = "panacea.bos";
    private static final String EOS = "panacea.eos";
    private static final String PROMPT_LIMIT = "panacea.prompt_limit";
    private static final String RESPONSE_LIMIT = "panacea.response_limit";

    public TokenizedHeader {
        dimensions = Dimensions.checked(dimensions);
    }

    /** In the order of its keys: unordered, one table would be different bytes in every process. */
    Map<String, String> metadata(String kind) {
        return new TreeMap<>(Map.of(KIND, kind, DIMENSIONS, String.join("\n", dimensions), TOKENIZER, vocabulary.tokenizer(),
            VOCABULARY, String.valueOf(vocabulary.size()), BOS, String.valueOf(vocabulary.bos()),
            EOS, String.valueOf(vocabulary.eos()), PROMPT_LIMIT, String.valueOf(limits.prompt()),
            RESPONSE_LIMIT, String.valueOf(limits.response())));
    }

    /** @throws BadInputException when {@code table} is not a tokenised file of this kind */
    static TokenizedHeader of(ArrowTable table, String kind) {
        if (!kind.equals(table.metadata().get(KIND))) {
            throw table.unusable("it does not say that it holds tokenised " + kind + "; prepare the data first");
        }
        try {
            Vocabulary vocabulary = new Vocabulary(text(table, TOKENIZER), number(table, VOCABULARY), number(table, BOS),
                number(table, EOS));
            TokenLimits limits = new TokenLimits(number(table, PROMPT_LIMIT), number(table, RESPONSE_LIMIT));
            return new TokenizedHeader(List.of(text(table, DIMENSIONS).split("\n")), vocabulary, limits);
        } catch (IllegalArgumentException e) {
            throw table.unusable("its metadata is invalid");
        }
    }

    private static String text(ArrowTable table, String key) {
        String value = table.metadata().get(key);
        if (value == null) {
            throw table.unusable("its metadata lacks " + key);
        }
        return value;
    }

    private static int number(ArrowTable table, String key) {
        return Integer.parseInt(text(table, key));
    }
}
