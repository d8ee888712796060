package dev.panacea.data.tokenized;

import dev.panacea.data.ArrowForm;
import dev.panacea.data.Demonstration;
import dev.panacea.data.DemonstrationSet;
import dev.panacea.data.ReadReport;
import dev.panacea.data.RowTally;
import dev.panacea.data.arrow.ArrowColumn;
import dev.panacea.runtime.BadInputException;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * Demonstrations as token ids in an Arrow file or stream: {@code prompt} and {@code response} list&lt;int32&gt;, {@code dimension}
 * int32. Mapped and read as {@link TokenizedPairs} are.
 */
public final class TokenizedDemonstrations implements AutoCloseable {

    private static final String KIND = "demonstrations";

    private final TokenTable table;
    private final TokenTable.Column<ArrowColumn.Lists> prompt;
    private final TokenTable.Column<ArrowColumn.Lists> response;
    private final TokenTable.Column<ArrowColumn.Whole> dimension;

    private TokenizedDemonstrations(TokenTable table) {
        this.table = table;
        prompt = table.tokens("prompt");
        response = table.tokens("response");
        dimension = table.column("dimension", ArrowColumn.Whole.class, this::areDimensions);
    }

    private boolean areDimensions(ArrowColumn.Whole values) {
        for (int row = 0; row < values.length(); row++) {
            if (values.get(row) < 0 || values.get(row) >= header().dimensions().size()) {
                throw table.table().unusable("the value " + values.get(row) + " of its column 'dimension' is none of its dimensions");
            }
        }
        return true;
    }

    /** @throws BadInputException when the file is damaged or is no such table */
    public static TokenizedDemonstrations open(Path file) {
        TokenTable table = new TokenTable(file, KIND);
        try {
            return new TokenizedDemonstrations(table);
        } catch (RuntimeException e) {
            table.close();
            throw e;
        }
    }

    /**
     * Tokenises {@code set} into {@code target}, which appears only when complete.
     *
     * @return how many demonstrations were kept, and why others were dropped
     * @throws BadInputException when none is left
     */
    public static ReadReport write(DemonstrationSet set, Tokenizing tokenizing, Path target, ArrowForm form) {
        TokenizedHeader header = new TokenizedHeader(set.dimensions(), tokenizing.vocabulary(), tokenizing.limits());
        List<Field> columns = List.of(TokenTableWriter.tokens("prompt"), TokenTableWriter.tokens("response"),
            TokenTableWriter.number("dimension"));
        RowTally tally = new RowTally();
        try (TokenTableWriter writer = new TokenTableWriter(target, form, columns, header.metadata(KIND))) {
            for (Demonstration demonstration : set.demonstrations()) {
                write(demonstration, tokenizing, writer, tally);
            }
            ReadReport report = tally.report();
            if (report.kept() == 0) {
                throw new BadInputException("No demonstration is left after tokenising (" + report + ").");
            }
            writer.commit();
            return report;
        }
    }

    private static void write(Demonstration demonstration, Tokenizing tokenizing, TokenTableWriter writer, RowTally tally) {
        int[] prompt = tokenizing.prompt(demonstration.prompt());
        int[] response = tokenizing.response(demonstration.response());
        if (prompt.length == 0) {
            tally.drop(TokenizedPairs.EMPTY_PROMPT);
        } else if (tokenizing.isEmpty(response)) {
            tally.drop(TokenizedPairs.EMPTY_RESPONSE);
        } else {
            tally.keep();
            writer.tokens("prompt", prompt);
            writer.tokens("response", response);
            writer.number("dimension", demonstration.dimension());
            writer.endRow();
        }
    }

    public TokenizedHeader header() {
        return table.header();
    }

    public int size() {
        return table.size();
    }

    public int[] prompt(int row) {
        return table.ids(prompt, row);
    }

    public int[] response(int row) {
        return table.ids(response, row);
    }

    public int promptLength(int row) {
        return table.length(prompt, row);
    }

    public int responseLength(int row) {
        return table.length(response, row);
    }

    public int dimension(int row) {
        return (int) dimension.part(row).get(dimension.rowInPart(row));
    }

    @Override
    public void close() {
        table.close();
    }
}
