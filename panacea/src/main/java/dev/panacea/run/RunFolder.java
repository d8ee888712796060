package dev.panacea.run;

import dev.panacea.evaluation.Json;
import dev.panacea.evaluation.ParetoFront;
import dev.panacea.runtime.AtomicFile;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.IoReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What lies where in the folder of a run, and how it is read; needs no lock, also while the run goes on. */
public record RunFolder(Path path) {

    /** The folder of a run that was begun; any other is a {@link BadInputException}. */
    public static RunFolder open(Path path) {
        RunFolder folder = new RunFolder(path);
        if (!folder.holdsRun()) {
            throw new BadInputException(path + " holds no run (it has no config.yaml); give the folder that training wrote");
        }
        return folder;
    }

    /** The resolved configuration, every key written out. */
    public Path configFile() {
        return path.resolve("config.yaml");
    }

    /** How products of layers are computed on a CUDA device, where that was measured. */
    public Path waysFile() {
        return path.resolve("ways.json");
    }

    public Path metricsFile() {
        return path.resolve("metrics.jsonl");
    }

    public Path frontFile() {
        return path.resolve("front.json");
    }

    public Path frontPlot() {
        return path.resolve("front.png");
    }

    public Path curvesPlot() {
        return path.resolve("curves.png");
    }

    public Path summaryFile() {
        return path.resolve("summary.json");
    }

    /** The text of the resolved configuration. */
    public String config() {
        return reading(() -> Files.readString(configFile()));
    }

    /** Every step that was recorded, in order. */
    public List<Metrics> metrics() {
        return reading(() -> MetricsLog.read(metricsFile()));
    }

    /** The newest complete checkpoint, if there is one. */
    public Optional<Checkpoint> latestCheckpoint() {
        return reading(() -> checkpoints().latest());
    }

    /** The evaluated front; a run that was not evaluated is a {@link BadInputException}. */
    public ParetoFront front() {
        return ParetoFront.read(frontFile());
    }

    /** The summary; a run that was not evaluated is a {@link BadInputException}. */
    public Summary summary() {
        return Json.read(summaryFile(), Summary.class);
    }

    boolean holdsRun() {
        return Files.isRegularFile(configFile());
    }

    /** Where the tokenised data lies. */
    public Path dataFolder() {
        return path.resolve("data");
    }

    /** Deletes what a killed run left half written beside its checkpoints; to be done by who holds the lock. */
    void deleteUnfinished() throws IOException {
        AtomicFile.deleteUnfinished(path);
        if (Files.isDirectory(dataFolder())) {
            AtomicFile.deleteUnfinished(dataFolder());
        }
    }

    Checkpoints checkpoints() {
        return new Checkpoints(path.resolve("checkpoints"));
    }

    private <T> T reading(Reading<T> reading) {
        try {
            return reading.read();
        } catch (IOException e) {
            throw new BadInputException("the run folder " + path + " cannot be read (" + IoReason.of(e)
                + "); check that it is whole and readable", e);
        }
    }

    private interface Reading<T> {
        T read() throws IOException;
    }
}
