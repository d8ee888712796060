package dev.panacea.tests;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Every command that README.md shows is one that the program understands; those that take no time are run. */
class ReadmeTest {
    private static final Pattern BLOCK = Pattern.compile("^```[a-z]*\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");
    private static final Pattern END = Pattern.compile("\\s+(#|\\||>|2>|&&|;).*$");

    @TempDir
    static Path temporary;

    @TestFactory
    Stream<DynamicTest> everyCommandIsUnderstood() throws IOException {
        Path readme = Repository.root().resolve("README.md");
        assumeTrue(Files.exists(readme), "README.md is missing");
        List<List<String>> commands = commands(Files.readString(readme));
        assertTrue(commands.size() > 3, () -> "only " + commands);
        return commands.stream().distinct().map(words -> DynamicTest.dynamicTest(String.join(" ", words), () -> {
            assertDoesNotThrow(() -> program().parseArgs(words.toArray(String[]::new)));
            if (isCheap(words)) {
                assertEquals(0, ChildJvm.run(temporary, words.toArray(String[]::new)).exit());
            }
        }));
    }

    @Test
    void commandsAreFoundAsAShellWouldReadThem() {
        String text = "Run\n```sh\n$ bin/panacea generate run --prompt \"a b\" \\\n  --preference 0.7,0.3   # says\nls\n```\n"
            + "and `panacea x`\n```\npanacea doctor | head\nPANACEA_THREADS=2 bin/panacea demo && ls\n```\n";
        assertEquals(List.of(List.of("generate", "run", "--prompt", "a b", "--preference", "0.7,0.3"), List.of("doctor"), List.of("demo")),
            commands(text));
    }

    @Test
    void anUnknownOptionIsNoticed() {
        assertTrue(Stream.of("--no-such-option", "no-such-command").allMatch(word -> {
            try {
                program().parseArgs(word);
                return false;
            } catch (CommandLine.ParameterException e) {
                return true;
            }
        }));
    }

    /** The words after the program's name, of each line in a code block that calls it. */
    private static List<List<String>> commands(String text) {
        List<List<String>> commands = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            for (String line : blocks.group(1).replaceAll("\\\\\\n\\s*", " ").split("\n")) {
                Matcher call = Pattern.compile("^\\s*(\\$ )?(\\w+=\\S+ )*(\\./)?(bin/)?panacea (.*)$").matcher(line);
                if (call.matches()) {
                    commands.add(words(END.matcher(call.group(5)).replaceFirst("")));
                }
            }
        }
        return commands;
    }

    private static List<String> words(String command) {
        return WORD.matcher(command).results()
            .map(word -> Stream.of(1, 2, 3).map(word::group).filter(text -> text != null).findFirst().orElseThrow()).toList();
    }

    /** What neither trains nor reads files that only a reader of the README has. */
    private static boolean isCheap(List<String> words) {
        return words.equals(List.of("doctor")) || words.getFirst().equals("completion")
            || words.stream().anyMatch(word -> List.of("--help", "-h", "--version", "-V").contains(word));
    }

    private static CommandLine program() {
        try {
            return new CommandLine(Class.forName("dev.panacea.cli.PanaceaCommand")).setCaseInsensitiveEnumValuesAllowed(true);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
