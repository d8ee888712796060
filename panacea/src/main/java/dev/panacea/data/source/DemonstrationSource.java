package dev.panacea.data.source;

import dev.panacea.data.Demonstration;
import dev.panacea.data.DemonstrationSet;
import dev.panacea.data.Dimensions;
import dev.panacea.data.RowTally;
import dev.panacea.runtime.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Demonstrations for supervised fine-tuning; rows with a blank response are dropped.
 *
 * @param inputs a file, and the dimension that its rows show unless each names its own in a field {@code dimension}
 */
public record DemonstrationSource(Form form, List<String> dimensions, List<Input> inputs, PromptTemplate template) {

    /** What the fields of a row are called. */
    public enum Form {
        /** {@code prompt} and {@code response}. */
        PROMPT_RESPONSE,
        /** {@code instruction}, {@code input} (may be absent or empty) and {@code output}. */
        ALPACA
    }

    /** A file; without a dimension every row must name one. */
    public record Input(Path file, Optional<String> dimension) { }

    public DemonstrationSource {
        dimensions = Dimensions.checked(dimensions);
        inputs = List.copyOf(inputs);
    }

    /**
     * Reads everything into memory.
     *
     * @throws BadInputException when a file is missing, damaged, not of this form, or nothing usable is in it
     */
    public Loaded<DemonstrationSet> read() {
        RowTally tally = new RowTally();
        List<Demonstration> demonstrations = new ArrayList<>();
        DimensionOfRow dimensionOfRow = new DimensionOfRow(dimensions);
        for (Input input : inputs) {
            Rows.forEach(input.file, row -> {
                Demonstration demonstration = demonstration(row, dimensionOfRow.index(row, input.dimension));
                if (demonstration.response().isBlank()) {
                    tally.drop(PairJoin.EMPTY);
                } else {
                    tally.keep();
                    demonstrations.add(demonstration);
                }
            });
        }
        if (demonstrations.isEmpty()) {
            throw new BadInputException("The demonstration data has no usable row (" + tally.report() + ").");
        }
        return new Loaded<>(new DemonstrationSet(dimensions, demonstrations), tally.report());
    }

    private Demonstration demonstration(Row row, int dimension) {
        return switch (form) {
            case PROMPT_RESPONSE -> demonstration(row.text("prompt"), row.text("response"), dimension);
            case ALPACA -> demonstration(instruction(row), row.text("output"), dimension);
        };
    }

    private Demonstration demonstration(String prompt, String response, int dimension) {
        return new Demonstration(template.prompt(prompt), template.response(response), dimension);
    }

    private static String instruction(Row row) {
        String input = row.textOrEmpty("input");
        return input.isEmpty() ? row.text("instruction") : row.text("instruction") + "\n" + input;
    }
}
