package dev.panacea.reward;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.panacea.data.PreferencePair;
import dev.panacea.data.PreferenceSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class RewardTest {

    @Test
    void wordsArePartedByWhiteSpace() {
        assertEquals(0, Brevity.words(" \n"));
        assertEquals(3, Brevity.words("  one two,\t three\n"));
        assertEquals(-3, new Brevity().score("a long prompt does not count", "one two three"));
    }

    @Test
    void livelinessCountsMarks() {
        assertEquals(4, new Liveliness().score("?", "Oh! Really?!? Yes."));
    }

    @Test
    void candidatesAreJudgedWhereTheirScoresDiffer() {
        PreferenceSet set = SampledPairs.label(List.of(
            new SampledPairs.Candidate("p", "short!", "rather longer"),
            new SampledPairs.Candidate("q", "two words", "one! two!"),
            new SampledPairs.Candidate("equal", "same", "same"),
            new SampledPairs.Candidate("blank", "  ", "word"),
            new SampledPairs.Candidate("not judged", "left", "right")), List.of(new Brevity(), new Liveliness()));
        assertEquals(List.of("brevity", "liveliness"), set.dimensions());
        assertEquals(List.of("p", "q"), set.pairs().stream().map(PreferencePair::prompt).toList());
        assertArrayEquals(new byte[] {1, 1}, set.pairs().getFirst().labels());
        assertArrayEquals(new byte[] {0, -1}, set.pairs().get(1).labels());
    }

    /** Zero has two signs, which must not count as two scores. */
    @Test
    void zerosOfEitherSignAreEqual() {
        Reward signed = new Reward() {
            @Override
            public String dimension() {
                return "sign";
            }

            @Override
            public double score(String prompt, String response) {
                return response.equals("a") ? -0.0 : 0.0;
            }
        };
        assertEquals(0, SampledPairs.label(List.of(new SampledPairs.Candidate("p", "a", "b")), List.of(signed)).size());
    }
}
