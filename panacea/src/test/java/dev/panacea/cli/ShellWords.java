package dev.panacea.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;

/** Command lines as documentation writes them: words, of which some are in double quotes. */
final class ShellWords {
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    private ShellWords() { }

    /** The first word names the program. */
    static void assertParses(String line) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(line);
        while (matcher.find()) {
            words.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
        }
        String[] arguments = words.subList(1, words.size()).toArray(String[]::new);
        Assertions.assertDoesNotThrow(() -> Main.commandLine().parseArgs(arguments), line);
    }
}
