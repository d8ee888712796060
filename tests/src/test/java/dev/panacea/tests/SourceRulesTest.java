package dev.panacea.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules of the source text; each is shown to refuse what it forbids. */
class SourceRulesTest {
    private static final int MOST_LINES = 450;
    private static final int MOST_CHARACTERS = 140;

    /** @param broken whether a file's text breaks the rule */
    record Rule(String name, Predicate<String> broken, String offence) {
        static Rule without(String name, String pattern, String offence) {
            return new Rule(name, Pattern.compile(pattern, Pattern.MULTILINE).asPredicate(), offence);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Rule> rules() {
        // Words that would be found in this very file are written in two pieces.
        return Stream.of(
            new Rule("no file is longer than " + MOST_LINES + " lines", text -> text.lines().count() > MOST_LINES,
                "\n".repeat(MOST_LINES + 1)),
            Rule.without("no line is longer than " + MOST_CHARACTERS + " characters", "^.{" + (MOST_CHARACTERS + 1) + "}",
                "x".repeat(MOST_CHARACTERS + 1)),
            Rule.without("no tab", "\t", "\tint x;"),
            Rule.without("nothing is left to do", "TO" + "DO|FIX" + "ME|XX" + "X", "// TO" + "DO: later"),
            Rule.without("no path of one machine",
                "[\" ](/ho" + "me/|/ro" + "ot/|/wo" + "rk/|/Us" + "ers/|[A-Z]:\\\\\\\\)", "\"/ho" + "me/me/x\""),
            Rule.without("nothing of the JDK's internals", "\\bsun\\.mi" + "sc\\b|jdk\\.inter" + "nal\\b",
                "import sun.mi" + "sc.Unsafe;"),
            Rule.without("no wildcard import", "^import .*\\*;", "import java.util.*;"),
            Rule.without("no space at a line's end", " +$", "int x; "));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void isKept(Rule rule) throws IOException {
        List<Path> sources = Repository.javaSources();
        assertTrue(sources.size() > 200, "only " + sources.size() + " sources were found");
        List<Path> offenders = new ArrayList<>();
        for (Path source : sources) {
            if (rule.broken.test(Files.readString(source))) {
                offenders.add(Repository.root().relativize(source));
            }
        }
        assertEquals(List.of(), offenders);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void isBrokenByItsOffence(Rule rule) {
        assertTrue(rule.broken.test(rule.offence));
    }
}
