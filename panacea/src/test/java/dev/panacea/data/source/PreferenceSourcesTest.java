package dev.panacea.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.data.PreferencePair;
import dev.panacea.data.PreferenceSet;
import dev.panacea.data.ReadReport;
import dev.panacea.runtime.BadInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every form on rows small enough to see what must come out. */
class PreferenceSourcesTest {

    @TempDir
    private Path folder;
    private DataFiles files;

    @BeforeEach
    void writeHere() {
        files = new DataFiles(folder);
    }

    private static PreferencePair pair(String id, String prompt, String response0, String response1, int... labels) {
        byte[] bytes = new byte[labels.length];
        for (int i = 0; i < labels.length; i++) {
            bytes[i] = (byte) labels[i];
        }
        return new PreferencePair(id, prompt, response0, response1, bytes);
    }

    private ChosenRejected general(String content, PromptTemplate template) {
        Path file = files.text("g.jsonl", content);
        return new ChosenRejected(List.of("a", "b"), List.of(new ChosenRejected.Input(file, Optional.empty())), template);
    }

    private static void assertRefused(PreferenceSource source, String... words) {
        BadInputException e = assertThrows(BadInputException.class, source::read);
        for (String word : words) {
            assertTrue(e.getMessage().contains(word), () -> "\"" + e.getMessage() + "\" should contain \"" + word + "\"");
        }
    }

    @Test
    void safeRlhfReadsOldAndNewFields() {
        Path file = files.text("s.jsonl", """
            {"prompt":"p","response_0":"x","response_1":"y","better_response_id":0,"safer_response_id":1}
            {"prompt":"q","response_0":"x","response_1":"y","better_response_id":1,"safer_response_id":1,"prompt_source":"s",\
            "response_0_severity_level":3,"response_1_harm_category":{"Insult":false},"response_0_sha256":"ab"}
            """);
        Loaded<PreferenceSet> loaded = new SafeRlhf(List.of(file), PromptTemplate.SAFE_RLHF).read();
        assertEquals(List.of("helpful", "harmless"), loaded.data().dimensions());
        assertEquals(List.of(pair("s.jsonl:1", "BEGINNING OF CONVERSATION: USER: p ASSISTANT:", "x", "y", 1, -1),
            pair("s.jsonl:2", "BEGINNING OF CONVERSATION: USER: q ASSISTANT:", "x", "y", -1, -1)), loaded.data().pairs());
        Path bad = files.text("t.jsonl", "{\"prompt\":\"p\",\"response_0\":\"x\",\"response_1\":\"y\",\"better_response_id\":2}\n");
        assertRefused(new SafeRlhf(List.of(bad), PromptTemplate.VERBATIM), "t.jsonl:1", "better_response_id", "0 or 1", "2");
    }

    @Test
    void hhRlhfPromptIsTheSharedPrefix() {
        Path file = files.text("h.jsonl", """
            {"chosen":"\\n\\nHuman: a\\n\\nAssistant: b\\n\\nHuman: c\\n\\nAssistant: d",\
            "rejected":"\\n\\nHuman: a\\n\\nAssistant: b\\n\\nHuman: c\\n\\nAssistant: e"}
            {"chosen":"\\n\\nHuman: a\\n\\nAssistant: b","rejected":"\\n\\nHuman: a\\n\\nAssistant: b"}
            {"chosen":"\\n\\nHuman: a\\n\\nAssistant:","rejected":"\\n\\nHuman: a\\n\\nAssistant: b"}
            {"chosen":"\\n\\nHuman: a\\n\\nAssistant: b","rejected":"\\n\\nHuman: c\\n\\nAssistant: b"}
            {"chosen":"no","rejected":"dialogue"}
            """);
        Loaded<PreferenceSet> loaded = new HhRlhf(List.of(new DimensionFile("helpful", file))).read();
        assertEquals(List.of(pair("h.jsonl:1", "\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant:", " d", " e", 1)),
            loaded.data().pairs());
        assertEquals(new ReadReport(5, 1, Map.of(HhRlhf.NO_SHARED_PROMPT, 2L, PairJoin.IDENTICAL, 1L, PairJoin.EMPTY, 1L)),
            loaded.report());
    }

    @Test
    void attributesOfOnePairAreJoinedWhicheverWayRound() {
        Path helpful = files.text("h.jsonl", """
            {"prompt":"p","response_0":"x","response_1":"y","better_response_id":0,"helpfulness_score_0":4,"helpfulness_score_1":1}
            {"prompt":"p","response_0":"y","response_1":"x","better_response_id":1,"helpfulness_score_0":1,"helpfulness_score_1":4}
            {"prompt":"q","response_0":"x","response_1":"y","helpfulness_score_0":1,"helpfulness_score_1":4}
            {"prompt":"r","response_0":"x","response_1":"y","helpfulness_score_0":2,"helpfulness_score_1":2}
            {"prompt":"s","response_0":"x","response_1":"y","better_response_id":0,"helpfulness_score_0":1,"helpfulness_score_1":2}
            {"prompt":"t","response_0":"x","response_1":"y","better_response_id":0}
            {"prompt":"t","response_0":"x","response_1":"y","better_response_id":1}
            """);
        Path verbose = files.text("v.jsonl", """
            {"prompt":"p","response_0":"y","response_1":"x","better_response_id":1}
            {"prompt":"t","response_0":"y","response_1":"x","better_response_id":1}
            """);
        Loaded<PreferenceSet> loaded = new AttributePairs(List.of(
            new AttributePairs.Attribute("helpfulness", "helpful", helpful, false),
            new AttributePairs.Attribute("verbosity", "brevity", verbose, true)), PromptTemplate.VERBATIM).read();
        assertEquals(List.of(pair("h.jsonl:1", "p", "x", "y", 1, -1), pair("h.jsonl:3", "q", "x", "y", -1, 0),
            pair("h.jsonl:6", "t", "x", "y", 0, -1)), loaded.data().pairs());
        assertEquals(new ReadReport(9, 4, Map.of(PairJoin.REPEATED, 1L, PairJoin.CONTRADICTED, 2L, AttributePairs.TIE, 1L,
            AttributePairs.INCONSISTENT, 1L)), loaded.report());
    }

    @Test
    void chosenRejectedNamesItsDimensionInTheRow() {
        Loaded<PreferenceSet> loaded = general("""
            {"prompt":"p","chosen":"x","rejected":"y","dimension":"a"}
            {"prompt":"p","chosen":"y","rejected":"x","dimension":"b"}
            """, PromptTemplate.DIALOGUE).read();
        assertEquals(List.of(pair("g.jsonl:1", "\n\nHuman: p\n\nAssistant:", " x", " y", 1, -1)), loaded.data().pairs());
        assertRefused(general("{\"prompt\":\"p\",\"chosen\":\"x\",\"rejected\":\"y\"}", PromptTemplate.VERBATIM),
            "g.jsonl:1", "'dimension'");
        assertRefused(general("{\"prompt\":\"p\",\"chosen\":\"x\",\"rejected\":\"y\",\"dimension\":\"c\"}", PromptTemplate.VERBATIM),
            "g.jsonl:1", "'c'", "[a, b]");
    }

    @Test
    void conversationsOfEveryFormMeanTheSame() {
        String turns = "{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"p\"}";
        String chosen = "{\"role\":\"assistant\",\"content\":\"x\"}";
        String rejected = "{\"role\":\"assistant\",\"content\":\"y\"}";
        List<String> forms = List.of(
            "{\"prompt\":[" + turns + "],\"chosen\":[" + chosen + "],\"rejected\":[" + rejected + "],\"dimension\":\"a\"}",
            "{\"chosen\":[" + turns + "," + chosen + "],\"rejected\":[" + turns + "," + rejected + "],\"dimension\":\"a\"}",
            ("{\"conversations\":[" + turns + "],\"chosen\":" + chosen + ",\"rejected\":" + rejected + ",\"dimension\":\"a\"}")
                .replace("role", "from").replace("content", "value").replace("user", "human").replace("assistant", "gpt"));
        for (String form : forms) {
            assertEquals(List.of(pair("g.jsonl:1", "s\n\nHuman: p\n\nAssistant:", " x", " y", 1, 0)),
                general(form, PromptTemplate.DIALOGUE).read().data().pairs(), form);
            assertRefused(general(form, PromptTemplate.VERBATIM), "conversation of 2 turns", "template");
            assertRefused(general(form.replace("system", "tool"), PromptTemplate.DIALOGUE), "g.jsonl:1", "'tool'");
        }
        assertRefused(general("{\"prompt\":\"p\",\"chosen\":[7],\"rejected\":[],\"dimension\":\"a\"}", PromptTemplate.DIALOGUE),
            "'chosen'");
    }

    @Test
    void nothingUsableIsAnErrorThatSaysWhy() {
        assertRefused(general("", PromptTemplate.VERBATIM), "no usable pair", "0 rows");
        assertRefused(general("{\"prompt\":\"p\",\"chosen\":\"x\",\"rejected\":\" \",\"dimension\":\"a\"}", PromptTemplate.VERBATIM),
            "no usable pair", "1 empty response");
    }

    @Test
    void templatesMustHoldTheInputOnce() {
        assertThrows(BadInputException.class, () -> new PromptTemplate("", "{input}", "no place", "{input}"));
        assertThrows(BadInputException.class, () -> new PromptTemplate("", "{input}", "{input}", "{input}{input}"));
        PromptTemplate llama = new PromptTemplate("", "{input}\n", "[INST] {input} [/INST]", " {input}");
        assertEquals("[INST] {input}? [/INST]", llama.prompt("{input}?"));
        assertEquals(" yes", llama.response("yes"));
    }
}
