package dev.panacea.data.tokenized;

import dev.panacea.data.ArrowForm;
import dev.panacea.data.PreferencePair;
import dev.panacea.data.PreferenceSet;
import dev.panacea.data.ReadReport;
import dev.panacea.data.RowTally;
import dev.panacea.data.arrow.ArrowColumn;
import dev.panacea.runtime.BadInputException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * Preference pairs as token ids in an Arrow file or stream: {@code id} utf8, {@code prompt}, {@code response_0}, {@code response_1}
 * list&lt;int32&gt;, {@code labels} fixed-size list&lt;int8&gt;. The file is mapped, so that a set larger than memory costs nothing
 * until its rows are read; a row costs one copy of its ids. Safe for several threads; unusable after {@link #close}.
 */
public final class TokenizedPairs implements AutoCloseable {

    static final String IDENTICAL = "identical responses within the token limit";
    static final String EMPTY_RESPONSE = "response without tokens";
    static final String EMPTY_PROMPT = "prompt without tokens";
    private static final String KIND = "pairs";

    private final TokenTable table;
    private final TokenTable.Column<ArrowColumn.Text> id;
    private final TokenTable.Column<ArrowColumn.Lists> prompt;
    private final List<TokenTable.Column<ArrowColumn.Lists>> responses;
    private final LabelColumn labels;

    private TokenizedPairs(TokenTable table) {
        this.table = table;
        id = table.column("id", ArrowColumn.Text.class, text -> true);
        prompt = table.tokens("prompt");
        responses = List.of(table.tokens("response_0"), table.tokens("response_1"));
        labels = new LabelColumn(table, "labels");
    }

    /**
     * Opens what {@link #write} wrote, or the same columns and metadata from elsewhere.
     *
     * @throws BadInputException when the file is damaged or is no such table
     */
    public static TokenizedPairs open(Path file) {
        TokenTable table = new TokenTable(file, KIND);
        try {
            return new TokenizedPairs(table);
        } catch (RuntimeException e) {
            table.close();
            throw e;
        }
    }

    /**
     * Tokenises {@code set} into {@code target}, which appears only when complete.
     *
     * @return how many pairs were kept, and why others were dropped
     * @throws BadInputException when no pair is left
     */
    public static ReadReport write(PreferenceSet set, Tokenizing tokenizing, Path target, ArrowForm form) {
        TokenizedHeader header = new TokenizedHeader(set.dimensions(), tokenizing.vocabulary(), tokenizing.limits());
        List<Field> columns = List.of(TokenTableWriter.text("id"), TokenTableWriter.tokens("prompt"), TokenTableWriter.tokens("response_0"),
            TokenTableWriter.tokens("response_1"), TokenTableWriter.labels("labels", set.dimensions().size()));
        RowTally tally = new RowTally();
        try (TokenTableWriter writer = new TokenTableWriter(target, form, columns, header.metadata(KIND))) {
            for (PreferencePair pair : set.pairs()) {
                write(pair, tokenizing, writer, tally);
            }
            ReadReport report = tally.report();
            if (report.kept() == 0) {
                throw new BadInputException("No pair is left after tokenising (" + report + "); raise the token limits.");
            }
            writer.commit();
            return report;
        }
    }

    private static void write(PreferencePair pair, Tokenizing tokenizing, TokenTableWriter writer, RowTally tally) {
        int[] prompt = tokenizing.prompt(pair.prompt());
        int[] response0 = tokenizing.response(pair.response0());
        int[] response1 = tokenizing.response(pair.response1());
        if (prompt.length == 0) {
            tally.drop(EMPTY_PROMPT);
        } else if (tokenizing.isEmpty(response0) || tokenizing.isEmpty(response1)) {
            tally.drop(EMPTY_RESPONSE);
        } else if (Arrays.equals(response0, response1)) {
            tally.drop(IDENTICAL);
        } else {
            tally.keep();
            writer.text("id", pair.id());
            writer.tokens("prompt", prompt);
            writer.tokens("response_0", response0);
            writer.tokens("response_1", response1);
            writer.labels("labels", pair.labels());
            writer.endRow();
        }
    }

    public TokenizedHeader header() {
        return table.header();
    }

    public int size() {
        return table.size();
    }

    public String id(int row) {
        return id.part(row).get(id.rowInPart(row));
    }

    public int[] prompt(int row) {
        return table.ids(prompt, row);
    }

    /** Response {@code side}, 0 or 1. */
    public int[] response(int row, int side) {
        return table.ids(responses.get(side), row);
    }

    public int promptLength(int row) {
        return table.length(prompt, row);
    }

    public int responseLength(int row, int side) {
        return table.length(responses.get(side), row);
    }

    /** Tokens of both sequences, the prompt counted with each. */
    public int tokens(int row) {
        return 2 * promptLength(row) + responseLength(row, 0) + responseLength(row, 1);
    }

    /** +1, -1 or 0 as in {@link PreferencePair}. */
    public byte label(int row, int dimension) {
        return labels.get(row, dimension);
    }

    /** All labels of a row: [dimensions]. */
    public byte[] labels(int row) {
        byte[] values = new byte[header().dimensions().size()];
        for (int d = 0; d < values.length; d++) {
            values[d] = label(row, d);
        }
        return values;
    }

    @Override
    public void close() {
        table.close();
    }
}
