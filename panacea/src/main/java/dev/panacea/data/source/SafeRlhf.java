package dev.panacea.data.source;

import dev.panacea.data.PreferenceSet;
import java.nio.file.Path;
import java.util.List;

/**
 * PKU-SafeRLHF: every pair is judged twice, for helpfulness ({@code better_response_id}) and for harmlessness
 * ({@code safer_response_id}). Fields that only the newer releases have are not needed.
 */
public record SafeRlhf(List<Path> files, PromptTemplate template) implements PreferenceSource {

    private static final List<String> DIMENSIONS = List.of("helpful", "harmless");

    public SafeRlhf {
        files = List.copyOf(files);
    }

    @Override
    public List<String> dimensions() {
        return DIMENSIONS;
    }

    @Override
    public Loaded<PreferenceSet> read() {
        PairJoin join = new PairJoin(DIMENSIONS);
        Rows.forEach(files, row -> {
            byte[] labels = {row.labelByIndex("better_response_id"), row.labelByIndex("safer_response_id")};
            join.add(row, template.prompt(row.text("prompt")), template.response(row.text("response_0")),
                template.response(row.text("response_1")), labels);
        });
        return join.finish("PKU-SafeRLHF");
    }
}
