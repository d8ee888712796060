package dev.panacea.data.source;

import dev.panacea.data.Dimensions;
import dev.panacea.data.PreferenceSet;
import java.nio.file.Path;
import java.util.List;

/**
 * Pairs rated by attribute, as from HelpSteer2: one file an attribute with {@code prompt}, {@code response_0}, {@code response_1} and
 * {@code better_response_id} or the scores {@code <attribute>_score_0} and {@code _1}. A pair found in several files carries several
 * labels.
 */
public record AttributePairs(List<Attribute> attributes, PromptTemplate template) implements PreferenceSource {

    static final String TIE = "equal scores";
    static final String INCONSISTENT = "scores contradict better_response_id";

    /**
     * @param name as in the score fields, such as "verbosity"
     * @param dimension what to call it, such as "brevity"
     * @param reversed whether less of the attribute is preferred
     */
    public record Attribute(String name, String dimension, Path file, boolean reversed) { }

    public AttributePairs {
        attributes = List.copyOf(attributes);
        Dimensions.checked(attributes.stream().map(Attribute::dimension).toList());
    }

    @Override
    public List<String> dimensions() {
        return attributes.stream().map(Attribute::dimension).toList();
    }

    @Override
    public Loaded<PreferenceSet> read() {
        PairJoin join = new PairJoin(dimensions());
        for (int d = 0; d < attributes.size(); d++) {
            int dimension = d;
            Rows.forEach(attributes.get(d).file(), row -> add(join, row, dimension));
        }
        return join.finish("attribute");
    }

    private void add(PairJoin join, Row row, int dimension) {
        Attribute attribute = attributes.get(dimension);
        boolean scored = row.has(attribute.name + "_score_0");
        int byScore = scored ? byScore(row, attribute.name) : 0;
        int label = scored && !row.has("better_response_id") ? byScore : row.labelByIndex("better_response_id");
        if (label == 0) {
            join.drop(TIE);
        } else if (label * byScore < 0) {
            join.drop(INCONSISTENT);
        } else {
            join.add(row, template.prompt(row.text("prompt")), template.response(row.text("response_0")),
                template.response(row.text("response_1")), dimension, (byte) (attribute.reversed ? -label : label));
        }
    }

    private static int byScore(Row row, String attribute) {
        return Double.compare(row.number(attribute + "_score_0"), row.number(attribute + "_score_1"));
    }
}
