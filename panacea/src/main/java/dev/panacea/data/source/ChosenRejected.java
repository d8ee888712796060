package dev.panacea.data.source;

import com.fasterxml.jackson.databind.JsonNode;
import dev.panacea.data.Dimensions;
import dev.panacea.data.PreferenceSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The common form: {@code prompt}, {@code chosen}, {@code rejected}, as strings or as turns. Turns are role and content (TRL), where the
 * prompt may also be what chosen and rejected begin with, or ShareGPT's {@code conversations} with one turn chosen and one rejected.
 *
 * @param inputs a file, and the dimension that its rows judge unless each names its own in a field {@code dimension}
 */
public record ChosenRejected(List<String> dimensions, List<Input> inputs, PromptTemplate template) implements PreferenceSource {

    /** A file; without a dimension every row must name one. */
    public record Input(Path file, Optional<String> dimension) { }

    public ChosenRejected {
        dimensions = Dimensions.checked(dimensions);
        inputs = List.copyOf(inputs);
    }

    /** One file a dimension. */
    public static ChosenRejected ofFiles(List<DimensionFile> files, PromptTemplate template) {
        return new ChosenRejected(DimensionFile.dimensions(files),
            files.stream().map(file -> new Input(file.file(), Optional.of(file.dimension()))).toList(), template);
    }

    @Override
    public Loaded<PreferenceSet> read() {
        PairJoin join = new PairJoin(dimensions);
        DimensionOfRow dimensionOfRow = new DimensionOfRow(dimensions);
        for (Input input : inputs) {
            Rows.forEach(input.file, row -> add(join, row, dimensionOfRow.index(row, input.dimension)));
        }
        return join.finish("chosen/rejected");
    }

    private void add(PairJoin join, Row row, int dimension) {
        JsonNode chosen = row.required("chosen");
        JsonNode rejected = row.required("rejected");
        if (chosen.isTextual() && rejected.isTextual()) {
            join.add(row, promptBefore(row, List.of()), template.response(chosen.textValue()), template.response(rejected.textValue()),
                dimension, (byte) 1);
        } else {
            addTurns(join, row, Turn.parse(row, "chosen", chosen), Turn.parse(row, "rejected", rejected), dimension);
        }
    }

    private void addTurns(PairJoin join, Row row, List<Turn> chosen, List<Turn> rejected, int dimension) {
        if (chosen.isEmpty() || rejected.isEmpty()) {
            join.drop(PairJoin.EMPTY);
        } else if (!allButLast(chosen).equals(allButLast(rejected))) {
            join.drop(HhRlhf.NO_SHARED_PROMPT);
        } else {
            join.add(row, promptBefore(row, allButLast(chosen)), template.response(chosen.getLast().text()),
                template.response(rejected.getLast().text()), dimension, (byte) 1);
        }
    }

    /** The row's prompt; {@code shared} turns stand in for one, and repeat it where they are given beside a plain one. */
    private String promptBefore(Row row, List<Turn> shared) {
        if (row.has("conversations")) {
            return written(row, Turn.parse(row, "conversations", row.required("conversations")));
        }
        if (!shared.isEmpty()) {
            return written(row, shared);
        }
        JsonNode prompt = row.required("prompt");
        return prompt.isTextual() ? template.prompt(prompt.textValue()) : written(row, Turn.parse(row, "prompt", prompt));
    }

    private String written(Row row, List<Turn> turns) {
        if (turns.size() > 1 && template.equals(PromptTemplate.VERBATIM)) {
            throw row.fault("the prompt is a conversation of " + turns.size() + " turns; choose a prompt template to write it with");
        }
        return template.prompt(turns);
    }

    private static List<Turn> allButLast(List<Turn> turns) {
        return turns.subList(0, turns.size() - 1);
    }
}
