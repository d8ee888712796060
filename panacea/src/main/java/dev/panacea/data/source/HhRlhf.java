package dev.panacea.data.source;

import dev.panacea.data.Dimensions;
import dev.panacea.data.PreferenceSet;
import java.util.List;

/**
 * HH-RLHF: one file a dimension, each row two whole dialogues. The prompt is what both share up to and including the last
 * "\n\nAssistant:"; rows whose dialogues part earlier compare no two responses to one prompt and are dropped.
 */
public record HhRlhf(List<DimensionFile> files) implements PreferenceSource {

    static final String NO_SHARED_PROMPT = "no shared prompt";
    private static final String CUE = "\n\nAssistant:";

    public HhRlhf {
        files = List.copyOf(files);
        Dimensions.checked(DimensionFile.dimensions(files));
    }

    @Override
    public List<String> dimensions() {
        return DimensionFile.dimensions(files);
    }

    @Override
    public Loaded<PreferenceSet> read() {
        PairJoin join = new PairJoin(dimensions());
        for (DimensionFile file : files) {
            int dimension = dimensions().indexOf(file.dimension());
            Rows.forEach(file.file(), row -> add(join, row, dimension));
        }
        return join.finish("HH-RLHF");
    }

    private static void add(PairJoin join, Row row, int dimension) {
        String chosen = row.text("chosen");
        String rejected = row.text("rejected");
        if (chosen.equals(rejected)) {
            join.drop(PairJoin.IDENTICAL);
            return;
        }
        int promptEnd = chosen.lastIndexOf(CUE) + CUE.length();
        if (promptEnd < CUE.length() || promptEnd != rejected.lastIndexOf(CUE) + CUE.length()
            || !rejected.startsWith(chosen.substring(0, promptEnd))) {
            join.drop(NO_SHARED_PROMPT);
            return;
        }
        join.add(row, chosen.substring(0, promptEnd), chosen.substring(promptEnd), rejected.substring(promptEnd), dimension, (byte) 1);
    }
}
