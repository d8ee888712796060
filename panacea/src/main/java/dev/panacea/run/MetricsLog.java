package dev.panacea.run;

import dev.panacea.evaluation.Json;
import dev.panacea.runtime.AtomicFile;
import dev.panacea.runtime.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** {@code metrics.jsonl}: one line a step, appended whole, so that a reader beside the run never sees half a line but at its end. */
final class MetricsLog implements AutoCloseable {

    private final FileChannel channel;

    private MetricsLog(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Opens the log to go on after {@code step}. Later lines, which a resumed run will write again, and a last line torn by a
     * kill are dropped by replacing the file whole.
     */
    static MetricsLog continueAfter(Path file, long step) throws IOException {
        if (Files.exists(file)) {
            String kept = read(file).stream().filter(metrics -> metrics.step() <= step)
                .map(metrics -> Json.line(metrics) + "\n").collect(Collectors.joining());
            AtomicFile.write(file, sink -> sink.write(kept.getBytes(StandardCharsets.UTF_8)));
        }
        return new MetricsLog(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
    }

    /** Every whole line, in order; a file that is not there yet has none. */
    static List<Metrics> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        // The lines are ASCII; Latin-1 lets torn or foreign bytes reach the parser, whose message names the line.
        String[] lines = Files.readString(file, StandardCharsets.ISO_8859_1).split("\n", -1);
        List<Metrics> metrics = new ArrayList<>();
        for (int i = 0; i < lines.length - 1; i++) { // what follows the last line end is nothing, or torn
            try {
                metrics.add(Json.parse(lines[i], Metrics.class));
            } catch (BadInputException e) {
                throw new BadInputException("line " + (i + 1) + " of " + file + " holds no metrics: " + e.getMessage(), e);
            }
        }
        return metrics;
    }

    void append(Metrics metrics) {
        ByteBuffer line = ByteBuffer.wrap((Json.line(metrics) + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("metrics of step " + metrics.step() + " cannot be written", e);
        }
    }

    /** Returns once every line so far is on the disk. */
    void sync() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
