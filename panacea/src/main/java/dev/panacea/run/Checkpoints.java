package dev.panacea.run;

import dev.panacea.evaluation.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder {@code checkpoints/}: one folder a checkpoint, {@code step-000123}. What has such a name is complete: a checkpoint
 * is written under another name, forced to the disk, then renamed; and it is renamed away before it is deleted.
 */
final class Checkpoints {

    private static final Pattern NAME = Pattern.compile("step-(\\d{6,18})");
    private static final String UNFINISHED = "unfinished-";

    private final Path folder;

    Checkpoints(Path folder) {
        this.folder = folder;
    }

    /** The newest checkpoint, if there is one. */
    Optional<Checkpoint> latest() throws IOException {
        List<Path> complete = complete();
        return complete.isEmpty() ? Optional.empty() : Optional.of(Checkpoint.read(complete.getLast()));
    }

    /** Writes a checkpoint, in place of one of the same step, and deletes all but the newest {@code keep} ≥ 1. */
    Checkpoint save(Checkpoint.State state, CheckpointFiles files, int keep) throws IOException {
        Path place = folder.resolve("step-%06d".formatted(state.step()));
        Path draft = folder.resolve(UNFINISHED + place.getFileName());
        delete(draft);
        Files.createDirectories(draft);
        files.writeTo(draft);
        Json.write(draft.resolve(Checkpoint.STATE_FILE), state);
        forceTree(draft);
        discard(place);
        Files.move(draft, place, StandardCopyOption.ATOMIC_MOVE);
        force(folder);
        List<Path> complete = complete();
        for (Path old : complete.subList(0, Math.max(0, complete.size() - keep))) {
            discard(old);
        }
        return new Checkpoint(place, state);
    }

    /** Deletes what a killed run left half written or half deleted. */
    void deleteUnfinished() throws IOException {
        for (Path path : children()) {
            if (path.getFileName().toString().startsWith(UNFINISHED)) {
                delete(path);
            }
        }
    }

    // By step, oldest first.
    private List<Path> complete() throws IOException {
        return children().stream().filter(path -> NAME.matcher(path.getFileName().toString()).matches())
            .sorted(Comparator.comparingLong(Checkpoints::step)).toList();
    }

    private List<Path> children() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        }
    }

    private static long step(Path checkpoint) {
        Matcher name = NAME.matcher(checkpoint.getFileName().toString());
        return name.matches() ? Long.parseLong(name.group(1)) : -1;
    }

    private void discard(Path checkpoint) throws IOException {
        if (Files.exists(checkpoint)) {
            Path away = folder.resolve(UNFINISHED + "deletion-of-" + checkpoint.getFileName());
            delete(away);
            Files.move(checkpoint, away, StandardCopyOption.ATOMIC_MOVE);
            delete(away);
        }
    }

    private static void delete(Path tree) throws IOException {
        if (Files.notExists(tree)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static void forceTree(Path tree) throws IOException {
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.toList()) {
                force(path);
            }
        }
    }

    // A folder can be opened for reading and forced too, which makes the names in it durable.
    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
