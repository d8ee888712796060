package dev.panacea.pretraining;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Plain text as documents: its paragraphs, with wrapped lines joined, long ones cut at the ends of sentences. */
public final class Paragraphs {
    private static final Pattern BLANK_LINE = Pattern.compile("\\n\\s*\\n");
    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.!?][\"')]{0,2}) ");

    private Paragraphs() { }

    /** @param longestWords words after which a document ends with the sentence it is in */
    public static List<String> of(String text, int longestWords) {
        List<String> documents = new ArrayList<>();
        for (String block : BLANK_LINE.split(text.replace("\r\n", "\n"))) {
            String paragraph = SPACE.matcher(block).replaceAll(" ").strip();
            if (!paragraph.isEmpty()) {
                cut(paragraph, longestWords, documents);
            }
        }
        return documents;
    }

    private static void cut(String paragraph, int longestWords, List<String> documents) {
        StringBuilder document = new StringBuilder();
        int words = 0;
        for (String sentence : SENTENCE_END.split(paragraph)) {
            int more = SPACE.split(sentence).length;
            if (words > 0 && words + more > longestWords) {
                documents.add(document.toString());
                document.setLength(0);
                words = 0;
            }
            document.append(words == 0 ? "" : " ").append(sentence);
            words += more;
        }
        documents.add(document.toString());
    }
}
