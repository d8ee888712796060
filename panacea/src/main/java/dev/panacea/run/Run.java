package dev.panacea.run;

import dev.panacea.runtime.AtomicFile;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.IoReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A training run that is being written: the one owner of its folder until closed. Killed at any instant, it goes on from its
 * newest checkpoint with neither a line of metrics lost nor one written twice.
 */
public final class Run implements AutoCloseable {

    private final RunFolder folder;
    private final RunLock lock;
    private final Optional<Checkpoint> start;
    private final MetricsLog metrics;

    private Run(RunFolder folder, RunLock lock) throws IOException {
        this.folder = folder;
        this.lock = lock;
        folder.checkpoints().deleteUnfinished();
        this.start = folder.checkpoints().latest();
        this.metrics = MetricsLog.continueAfter(folder.metricsFile(), start.map(checkpoint -> checkpoint.state().step()).orElse(0L));
    }

    /**
     * Begins a run in a folder that holds none yet, made if missing.
     *
     * @param config the resolved configuration as YAML, kept beside the results
     */
    public static Run create(Path path, String config) {
        return opening(path, () -> {
            Files.createDirectories(path);
            RunFolder folder = new RunFolder(path);
            return locked(folder, () -> {
                if (folder.holdsRun()) {
                    throw new BadInputException(path + " already holds a run; resume it, or give another folder");
                }
                AtomicFile.write(folder.configFile(), sink -> sink.write(config.getBytes(StandardCharsets.UTF_8)));
            });
        });
    }

    /** Goes on with a run: from its newest checkpoint, or from the beginning where it was killed before the first. */
    public static Run resume(Path path) {
        RunFolder folder = RunFolder.open(path);
        return opening(path, () -> locked(folder, folder::deleteUnfinished));
    }

    public RunFolder folder() {
        return folder;
    }

    /** Where this run goes on from; empty for the beginning. */
    public Optional<Checkpoint> start() {
        return start;
    }

    /** Appends one step to the metrics. */
    public void record(Metrics step) {
        metrics.append(step);
    }

    /**
     * Saves a checkpoint after the step that was recorded last, and deletes all but the newest {@code keep} ≥ 1.
     * The metrics are on the disk before the checkpoint is, so that one never lacks a step of the other.
     */
    public Checkpoint checkpoint(Checkpoint.State state, int keep, CheckpointFiles files) {
        if (keep < 1) {
            throw new BadInputException("a run cannot keep " + keep + " checkpoints; keep at least one");
        }
        try {
            metrics.sync();
            return folder.checkpoints().save(state, files, keep);
        } catch (IOException e) {
            throw new UncheckedIOException("the checkpoint of step " + state.step() + " cannot be written to " + folder.path(), e);
        }
    }

    @Override
    public void close() {
        try (lock) {
            metrics.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the run folder " + folder.path() + " cannot be closed", e);
        }
    }

    private static Run locked(RunFolder folder, Preparation preparation) throws IOException {
        RunLock lock = RunLock.on(folder.path());
        try {
            preparation.prepare();
            return new Run(folder, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static Run opening(Path path, Opening opening) {
        try {
            return opening.open();
        } catch (IOException e) {
            throw new BadInputException("the run folder " + path + " cannot be written (" + IoReason.of(e)
                + "); give a folder that you may write to", e);
        }
    }

    private interface Opening {
        Run open() throws IOException;
    }

    private interface Preparation {
        void prepare() throws IOException;
    }
}
