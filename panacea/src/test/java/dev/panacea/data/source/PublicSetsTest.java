package dev.panacea.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.data.DemonstrationSet;
import dev.panacea.data.Fixtures;
import dev.panacea.data.PreferenceSet;
import dev.panacea.data.ReadReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The readers on the real sets; the expected numbers were counted by an independent script. */
class PublicSetsTest {

    @Test
    void safeRlhf() {
        Loaded<PreferenceSet> loaded = new SafeRlhf(List.of(Fixtures.file("pku-saferlhf-32/train.json")), PromptTemplate.SAFE_RLHF).read();
        assertEquals(new ReadReport(32, 32, Map.of()), loaded.report());
        assertEquals(19, loaded.data().conflicts());
        assertEquals(new PreferenceSet.Agreement(32, 19), loaded.data().agreement(0, 1));
    }

    @Test
    void hhRlhf() {
        Loaded<PreferenceSet> loaded = new HhRlhf(List.of(
            new DimensionFile("helpful", Fixtures.file("hh-rlhf/helpful-base.test.jsonl.gz")),
            new DimensionFile("harmless", Fixtures.file("hh-rlhf/harmless-base.test.jsonl.gz")))).read();
        assertEquals(new ReadReport(4666, 4642,
            Map.of(HhRlhf.NO_SHARED_PROMPT, 14L, PairJoin.IDENTICAL, 2L, PairJoin.EMPTY, 8L)), loaded.report());
        assertEquals(List.of(2339, 2303), loaded.data().counts().stream().map(PreferenceSet.DimensionCount::judged).toList());
        assertTrue(loaded.data().pairs().stream().allMatch(pair -> pair.prompt().endsWith("\n\nAssistant:")
            && pair.prompt().startsWith("\n\nHuman:") && !pair.response0().contains("\n\nAssistant:")));
    }

    @Test
    void helpSteer() {
        List<AttributePairs.Attribute> attributes = new ArrayList<>();
        for (String name : List.of("helpfulness", "correctness", "coherence", "complexity", "verbosity")) {
            boolean verbosity = name.equals("verbosity");
            Path file = Fixtures.file("helpsteer2/" + name + "_eval.jsonl.gz");
            attributes.add(new AttributePairs.Attribute(name, verbosity ? "brevity" : name, file, verbosity));
        }
        Loaded<PreferenceSet> loaded = new AttributePairs(attributes, PromptTemplate.VERBATIM).read();
        PreferenceSet set = loaded.data();
        // 1,392 pairs occur, of which 16 have nothing but judgements that contradict each other
        assertEquals(1376, set.size());
        assertEquals(List.of(628, 590, 402, 241, 455), set.counts().stream().map(PreferenceSet.DimensionCount::judged).toList());
        assertEquals(new ReadReport(2672, 2316, Map.of(PairJoin.CONTRADICTED, 131L, PairJoin.REPEATED, 225L)), loaded.report());
        // 77 of 160 are opposed where longer is better, so the other 83 are where shorter is
        assertEquals(new PreferenceSet.Agreement(160, 83), set.agreement(0, 4));
    }

    @Test
    void shareGptPreferences() {
        ChosenRejected source = ChosenRejected.ofFiles(List.of(new DimensionFile("quality", Fixtures.file("formats/dpo_en_demo.json"))),
            PromptTemplate.DIALOGUE);
        Loaded<PreferenceSet> loaded = source.read();
        assertEquals(300, loaded.report().rows());
        assertEquals(295, loaded.data().size());
        assertEquals(Map.of(PairJoin.REPEATED, 5L), loaded.report().dropped());
    }

    @Test
    void alpaca() {
        Loaded<DemonstrationSet> loaded = new DemonstrationSource(DemonstrationSource.Form.ALPACA, List.of("quality"),
            List.of(new DemonstrationSource.Input(Fixtures.file("formats/alpaca_en_demo.json"), Optional.of("quality"))),
            PromptTemplate.VERBATIM).read();
        assertEquals(new ReadReport(999, 999, Map.of()), loaded.report());
        assertEquals("Describe a process of making crepes.", loaded.data().demonstrations().getFirst().prompt());
        assertEquals(999, Arrays.stream(loaded.data().counts()).sum());
    }

    @Test
    void textOfArrowAndPlainFiles() {
        List<String> questions = new ArrayList<>();
        new TextSource.Field(List.of(Fixtures.file("hf-arrow/data-00000-of-00001.arrow")), "text").forEach(questions::add);
        assertEquals(600, questions.size());
        List<String> plays = new ArrayList<>();
        new TextSource.Plain(List.of(Fixtures.file("corpora/tinyshakespeare.txt"))).forEach(plays::add);
        assertEquals(1_115_394, plays.getFirst().length());
    }
}
