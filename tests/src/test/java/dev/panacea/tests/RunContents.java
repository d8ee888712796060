package dev.panacea.tests;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.panacea.data.tokenized.TokenizedPairs;
import dev.panacea.transformer.weights.SafetensorsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * What a run folder holds, by file name: everything that must not depend on when or in how many pieces it was made. Clock
 * times and memory, peak and planned, are left out, and so are pictures, which are drawn from what is compared, and all checkpoints but the
 * newest, as a run killed while it deletes an old one keeps that.
 */
record RunContents(Map<String, String> files) {
    private static final List<String> OF_THE_MACHINE = List.of("seconds", "tokens_per_second", "peak_bytes", "planned_peak_bytes");
    /** Characters of a difference that a message shows. */
    private static final int SHOWN = 120;
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    static RunContents of(Path run) {
        Map<String, String> files = new TreeMap<>();
        for (Path file : finished(run)) {
            if (!file.toString().endsWith(".png") && !isOlderCheckpoint(file.getParent())) {
                files.put(run.relativize(file).toString(), timeless(file));
            }
        }
        return new RunContents(files);
    }

    private static boolean isOlderCheckpoint(Path folder) {
        String name = folder.getFileName().toString();
        try (Stream<Path> beside = Files.list(folder.getParent())) {
            return name.startsWith("step-") && beside.map(path -> path.getFileName().toString())
                .anyMatch(other -> other.startsWith("step-") && other.compareTo(name) > 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All but the files of one name, wherever they lie. */
    RunContents without(String name) {
        Map<String, String> rest = new TreeMap<>(files);
        rest.keySet().removeIf(file -> Path.of(file).endsWith(name));
        return new RunContents(rest);
    }

    /** Fails with the first differing place of each file that is not the same in {@code other}. */
    void requireSame(RunContents other) {
        TreeSet<String> names = new TreeSet<>(files.keySet());
        names.addAll(other.files.keySet());
        List<String> differences = names.stream().filter(name -> !Objects.equals(files.get(name), other.files.get(name)))
            .map(name -> name + ": " + difference(files.getOrDefault(name, "missing"), other.files.getOrDefault(name, "missing"))).toList();
        if (!differences.isEmpty()) {
            throw new AssertionError("the runs differ\n" + String.join("\n", differences));
        }
    }

    private static String difference(String expected, String actual) {
        int place = 0;
        while (place < Math.min(expected.length(), actual.length()) && expected.charAt(place) == actual.charAt(place)) {
            place++;
        }
        int from = Math.max(0, place - SHOWN / 2);
        return "expected …" + expected.substring(from, Math.min(expected.length(), from + SHOWN)) + "…, got …"
            + actual.substring(from, Math.min(actual.length(), from + SHOWN)) + "…";
    }

    /**
     * Opens every file that carries its final name; what is half written must never do so. A last line of metrics may be torn.
     *
     * @throws RuntimeException of the reader that cannot make sense of a file
     */
    static void requireWhole(Path run) {
        if (Files.notExists(run)) {
            return;
        }
        for (Path file : finished(run)) {
            String name = file.getFileName().toString();
            switch (name.substring(name.lastIndexOf('.') + 1)) {
                case "json", "jsonl" -> timeless(file);
                case "safetensors" -> SafetensorsFile.open(file).close();
                case "arrow" -> TokenizedPairs.open(file).close();
                case "png" -> requirePicture(file);
                case "yaml" -> requireText(file);
                default -> throw new AssertionError("no one knows what " + file + " is");
            }
        }
    }

    /** Names that are not those of work in progress: neither hidden nor in a folder of an unfinished checkpoint. */
    private static List<Path> finished(Path run) {
        try (Stream<Path> paths = Files.walk(run)) {
            return paths.filter(Files::isRegularFile).filter(file -> Stream.of(run.relativize(file).toString().split("/"))
                .noneMatch(part -> part.startsWith(".") || part.startsWith("unfinished-") || part.equals("run.lock"))).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String timeless(Path file) {
        try {
            if (file.toString().endsWith(".jsonl")) {
                return wholeLines(file).stream().map(RunContents::timeless).toList().toString();
            }
            byte[] bytes = Files.readAllBytes(file);
            return file.toString().endsWith(".json") ? timeless(new String(bytes, "UTF-8")) : Digest.of(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static String timeless(String text) {
        try {
            JsonNode tree = JSON.readTree(text);
            ((ObjectNode) tree).remove(OF_THE_MACHINE);
            return tree.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    private static List<String> wholeLines(Path file) throws IOException {
        List<String> lines = new ArrayList<>(List.of(Files.readString(file).split("\n", -1)));
        lines.removeLast();
        return lines;
    }

    private static void requirePicture(Path file) {
        try {
            if (ImageIO.read(file.toFile()) == null) {
                throw new AssertionError(file + " is no picture");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static void requireText(Path file) {
        try {
            if (!Files.readString(file).endsWith("\n")) {
                throw new AssertionError(file + " is cut short");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }
}
