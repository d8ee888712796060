package dev.panacea.kernels.autotune;

import dev.panacea.runtime.AtomicFile;
import dev.panacea.runtime.BadInputException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Answers by question: a JSON object of text, a line an entry. Several processes may write one; the first answer to a question stays. Where
 * it cannot be read or written, or holds what is no answer, a line in the log says so and nothing else happens.
 */
final class ChoiceFile {
    private static final System.Logger LOG = System.getLogger(ChoiceFile.class.getName());
    private static final Pattern ENTRY = Pattern.compile(" *\"([^\"\\\\]+)\": *\"([^\"\\\\]+)\",?");
    // a lock between processes does not hold threads of one
    private static final Object WRITING = new Object();

    private final Path file;

    ChoiceFile(Path file) {
        this.file = file;
    }

    /** The answer to {@code question}, if it is one of {@code allowed}. */
    Optional<String> find(String question, Set<String> allowed) {
        return answer(read(), question, allowed);
    }

    private Optional<String> answer(Map<String, String> entries, String question, Set<String> allowed) {
        String answer = entries.get(question);
        if (answer != null && !allowed.contains(answer)) {
            warn("answers " + question + " with " + answer + ", which is none of " + allowed + ", so that it is chosen anew");
            return Optional.empty();
        }
        return Optional.ofNullable(answer);
    }

    /** Adds {@code answer} unless there is one of {@code allowed} already; the one that is there then. */
    String keep(String question, String answer, Set<String> allowed) {
        try {
            return locked(question, answer, allowed);
        } catch (IOException | BadInputException e) {
            warn("cannot be written (" + e.getMessage() + "), so that the next process chooses anew");
            return answer;
        }
    }

    private String locked(String question, String answer, Set<String> allowed) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path lock = file.resolveSibling("." + file.getFileName() + ".lock");
        synchronized (WRITING) {
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                 FileLock _ = channel.lock()) {
                Map<String, String> entries = read();
                Optional<String> there = answer(entries, question, allowed);
                if (there.isPresent()) {
                    return there.get();
                }
                entries.put(question, answer);
                write(entries);
                return answer;
            }
        }
    }

    private void write(Map<String, String> entries) {
        String text = entries.entrySet().stream().map(entry -> "  \"" + entry.getKey() + "\": \"" + entry.getValue() + "\"")
            .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
        AtomicFile.write(file, stream -> stream.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private Map<String, String> read() {
        Map<String, String> entries = new TreeMap<>();
        try {
            boolean foreign = false;
            for (String line : Files.readAllLines(file)) {
                Matcher entry = ENTRY.matcher(line);
                if (entry.matches()) {
                    entries.put(entry.group(1), entry.group(2));
                } else if (!line.equals("{") && !line.equals("}") && !line.isBlank()) {
                    foreign = true;
                }
            }
            if (foreign) {
                warn("holds lines that are no choices; they are left out");
            }
        } catch (NoSuchFileException e) {
            return entries;
        } catch (IOException e) {
            warn("cannot be read (" + e + "), so that everything is chosen anew");
        }
        return entries;
    }

    private void warn(String what) {
        LOG.log(System.Logger.Level.WARNING, "{0} {1}", file, what);
    }
}
