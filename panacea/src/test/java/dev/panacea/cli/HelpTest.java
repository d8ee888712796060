package dev.panacea.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;

/** Every command explains itself. */
class HelpTest {

    private static List<CommandLine> all(CommandLine line) {
        List<CommandLine> lines = new ArrayList<>(List.of(line));
        line.getSubcommands().values().forEach(sub -> lines.addAll(all(sub)));
        return lines;
    }

    @TestFactory
    Stream<DynamicTest> everyCommandHasHelpWithAnExampleThatParses() {
        return all(Main.commandLine()).stream().map(line -> {
            String name = line.getCommandSpec().qualifiedName(" ");
            return DynamicTest.dynamicTest(name, () -> {
                String[] words = (name + " --help").split(" ");
                CommandLineRun help = CommandLineRun.of(Stream.of(words).skip(1).toArray(String[]::new));
                assertEquals(ExitCode.FINE, help.exit());
                assertEquals("", help.err());
                List<String> examples = help.out().lines().filter(text -> text.startsWith("  panacea ")).map(String::strip).toList();
                assertFalse(examples.isEmpty() && !name.endsWith("completion"), help.out());
                examples.stream().filter(text -> !text.contains(" > ")).forEach(ShellWords::assertParses);
                line.getCommandSpec().options().forEach(option -> assertTrue(option.description().length > 0, option.longestName()));
            });
        });
    }

    @Test
    void versionIsThatOfTheBuild() {
        CommandLineRun version = CommandLineRun.of("--version");
        assertEquals(ExitCode.FINE, version.exit());
        assertTrue(ProjectFiles.read("pom.xml").contains("<version>" + version.out().strip().replace("panacea ", "") + "</version>"),
            version.out());
    }

    @Test
    void completionNamesEveryCommand() {
        String script = CommandLineRun.of("completion").out();
        all(Main.commandLine()).forEach(line -> assertTrue(script.contains(line.getCommandName()), line.getCommandName()));
    }
}
