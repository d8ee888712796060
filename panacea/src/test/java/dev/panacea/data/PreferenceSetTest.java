package dev.panacea.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.BadInputException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PreferenceSetTest {

    private static PreferencePair pair(String id, String prompt, int... labels) {
        byte[] bytes = new byte[labels.length];
        for (int i = 0; i < labels.length; i++) {
            bytes[i] = (byte) labels[i];
        }
        return new PreferencePair(id, prompt, "first of " + id, "second of " + id, bytes);
    }

    private static PreferenceSet thousand() {
        return new PreferenceSet(List.of("a", "b"),
            IntStream.range(0, 1000).mapToObj(i -> pair("row " + i, "prompt " + i / 4, 1 - 2 * (i % 2), i % 3 - 1)).toList());
    }

    private static Set<String> prompts(PreferenceSet set) {
        return set.pairs().stream().map(PreferencePair::prompt).collect(Collectors.toSet());
    }

    @Test
    void countsJudgementsAndConflicts() {
        PreferenceSet set = new PreferenceSet(List.of("a", "b", "c"),
            List.of(pair("1", "p", 1, -1, 0), pair("2", "q", 1, 1, 0), pair("3", "r", 0, -1, -1), pair("4", "s", -1, 0, 1)));
        assertEquals(List.of(new PreferenceSet.DimensionCount("a", 3, 2), new PreferenceSet.DimensionCount("b", 3, 1),
            new PreferenceSet.DimensionCount("c", 2, 1)), set.counts());
        assertEquals(2, set.conflicts());
        assertEquals(new PreferenceSet.Agreement(2, 1), set.agreement(0, 1));
        assertEquals(new PreferenceSet.Agreement(1, 1), set.agreement(0, 2));
    }

    @Test
    void aPromptIsNeverOnBothSides() {
        PreferenceSet set = thousand();
        Split<PreferenceSet> split = set.split(0.2, 7);
        Set<String> both = new HashSet<>(prompts(split.train()));
        both.retainAll(prompts(split.heldOut()));
        assertEquals(Set.of(), both);
        assertEquals(1000, split.train().size() + split.heldOut().size());
        int held = prompts(split.heldOut()).size();
        assertTrue(held > 25 && held < 75, "of 250 prompts about 50 should be held out, not " + held);
    }

    @Test
    void aSplitDependsOnSeedAndPromptAlone() {
        PreferenceSet set = thousand();
        Set<String> held = prompts(set.split(0.2, 7).heldOut());
        assertNotEquals(held, prompts(set.split(0.2, 8).heldOut()));
        Set<String> heldOfHalf = prompts(new PreferenceSet(set.dimensions(), set.pairs().subList(500, 1000)).split(0.2, 7).heldOut());
        assertTrue(held.containsAll(heldOfHalf));
        assertEquals(held, set.demonstrations().split(0.2, 7).heldOut().demonstrations().stream().map(Demonstration::prompt)
            .collect(Collectors.toSet()));
        assertEquals(0, set.split(0, 7).heldOut().size());
        assertEquals(0, set.split(1, 7).train().size());
    }

    @Test
    void aSubsetKeepsTheOrder() {
        PreferenceSet set = thousand();
        List<PreferencePair> chosen = set.subset(100, 3).pairs();
        assertEquals(100, new HashSet<>(chosen).size());
        List<Integer> places = chosen.stream().map(set.pairs()::indexOf).toList();
        assertEquals(places.stream().sorted().toList(), places);
        assertEquals(chosen, set.subset(100, 3).pairs());
        assertNotEquals(chosen, set.subset(100, 4).pairs());
        assertEquals(set, set.subset(2000, 3));
    }

    @Test
    void demonstrationsAreWhatEachDimensionPrefers() {
        PreferenceSet set = new PreferenceSet(List.of("a", "b"), List.of(pair("1", "p", 1, -1), pair("2", "q", 0, 1)));
        assertEquals(List.of(new Demonstration("p", "first of 1", 0), new Demonstration("p", "second of 1", 1),
            new Demonstration("q", "first of 2", 1)), set.demonstrations().demonstrations());
        assertEquals(2, set.demonstrations().counts()[1]);
    }

    @Test
    void labelsAreCopiedAndChecked() {
        byte[] labels = {1, 0};
        PreferencePair pair = new PreferencePair("1", "p", "x", "y", labels);
        labels[0] = -1;
        pair.labels()[1] = -1;
        assertEquals(1, pair.label(0));
        assertEquals(0, pair.label(1));
        assertThrows(IllegalStateException.class, () -> pair.preferred(1));
        assertThrows(IllegalArgumentException.class, () -> pair("1", "p", 2));
        assertThrows(IllegalArgumentException.class, () -> new PreferenceSet(List.of("a"), List.of(pair)));
        assertThrows(BadInputException.class, () -> new PreferenceSet(List.of("a", "a"), List.of()));
    }

    @Test
    void aReportShowsExamplesWithoutControlCharacters() {
        PreferencePair pair = new PreferencePair("file:3", "ask\u001b[31m", "one\ntwo", "x".repeat(5000), new byte[] {1, -1});
        DataReport report = DataReport.of(new PreferenceSet(List.of("helpful", "harmless"), List.of(pair)), 3, 1);
        String shown = report.examples().getFirst();
        assertTrue(shown.startsWith("file:3\n"), shown);
        assertTrue(shown.contains("response 0, better: helpful\n    one\n    two"), shown);
        assertTrue(shown.contains("response 1, better: harmless\n    xxx"), shown);
        assertEquals(-1, shown.indexOf('\u001b'));
        assertTrue(shown.length() < 1000);
        assertEquals(7, report.responseLengths().shortest());
        assertEquals(5000, report.responseLengths().longest());
        assertEquals(1, report.conflicts());
    }
}
