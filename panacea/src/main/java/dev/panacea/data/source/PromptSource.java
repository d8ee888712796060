package dev.panacea.data.source;

import com.fasterxml.jackson.databind.JsonNode;
import dev.panacea.preference.Preference;
import dev.panacea.runtime.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Prompts to be answered: rows with a {@code prompt} and, where it has one of its own, a {@code preference}, such as [0.7, 0.3]. */
public final class PromptSource {

    /** @param where file name and line or row */
    public record Asked(String where, String prompt, Optional<Preference> preference) { }

    private PromptSource() { }

    /**
     * All rows of a file: JSON lines, a JSON array or Arrow, gzip or not.
     *
     * @throws BadInputException when the file is missing, damaged or empty, or a preference is not on the simplex
     */
    public static List<Asked> read(Path file) {
        List<Asked> asked = new ArrayList<>();
        Rows.forEach(file, row -> asked.add(new Asked(row.where(), row.text("prompt"), preference(row))));
        if (asked.isEmpty()) {
            throw new BadInputException("There is no prompt in " + file + "; give one a line, such as {\"prompt\": \"Once upon a time\"}.");
        }
        return asked;
    }

    private static Optional<Preference> preference(Row row) {
        if (!row.has("preference")) {
            return Optional.empty();
        }
        JsonNode value = row.required("preference");
        if (!value.isArray()) {
            throw row.wrongType("preference", value, "a list of numbers");
        }
        double[] weights = new double[value.size()];
        for (int i = 0; i < weights.length; i++) {
            if (!value.get(i).isNumber()) {
                throw row.fault("the field 'preference' must be a list of numbers");
            }
            weights[i] = value.get(i).doubleValue();
        }
        try {
            return Optional.of(Preference.of(weights));
        } catch (BadInputException e) {
            throw row.fault("the " + e.getMessage());
        }
    }
}
