package dev.panacea.training;

import dev.panacea.autograd.Optimizer;
import dev.panacea.autograd.ParameterSet;
import dev.panacea.config.TrainingConfig;
import dev.panacea.preference.Preference;
import dev.panacea.run.Checkpoint;
import dev.panacea.run.Metrics;
import dev.panacea.run.Run;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Runs a trainer from where its run stands to the last step, writing metrics and checkpoints on the way. */
public final class TrainingLoop {
    private final Run run;
    private final Trainer trainer;
    private final ParameterSet parameters;
    private final Optimizer optimizer;
    private final TrainingConfig config;
    private final StopSignal stop;
    private long step;
    private long tokens;
    private double seconds;
    private boolean failureNoted;

    /** @param stop ends training early */
    public TrainingLoop(Run run, Trainer trainer, ParameterSet parameters, Optimizer optimizer, TrainingConfig config, StopSignal stop) {
        this.run = run;
        this.trainer = trainer;
        this.parameters = parameters;
        this.optimizer = optimizer;
        this.config = config;
        this.stop = stop;
    }

    /**
     * Trains to the end; the last step always leaves a checkpoint.
     *
     * @param dimensions names, for the progress line
     * @return where training stands, counted over all resumptions
     * @throws DivergedException when a loss is no longer finite; its message names the last good checkpoint
     * @throws StoppedException when the stop signal came; the checkpoint it names holds the last step
     */
    public Checkpoint.State train(String what, List<String> dimensions, Progress progress) {
        run.start().ifPresent(this::resume);
        stop.loopBegins();
        try (Progress.Stage stage = progress.start(what, config.steps())) {
            stage.advance(step, "");
            while (step < config.steps()) {
                stage.advance(1, describe(dimensions, step()));
                noteCaptureFailure(progress);
                boolean stopping = stop.isRequested();
                if (stopping || step % config.checkpointEvery() == 0 || step == config.steps()) {
                    Checkpoint checkpoint = save();
                    if (stopping) {
                        throw new StoppedException(what, step, checkpoint.folder());
                    }
                }
            }
        } finally {
            stop.loopEnds();
        }
        return state();
    }

    private void noteCaptureFailure(Progress progress) {
        Optional<String> failure = trainer.captureFailure();
        if (failure.isPresent() && !failureNoted) {
            progress.note("steps are no longer captured, but run as they come: " + failure.get());
            failureNoted = true;
        }
    }

    private Checkpoint save() {
        return run.checkpoint(state(), config.keepCheckpoints(), folder -> TrainedState.write(folder, parameters, optimizer));
    }

    private void resume(Checkpoint checkpoint) {
        TrainedState.read(checkpoint.folder(), parameters, optimizer);
        step = checkpoint.state().step();
        tokens = checkpoint.state().tokens();
        seconds = checkpoint.state().seconds();
    }

    private Trainer.Outcome step() {
        long started = System.nanoTime();
        Trainer.Outcome outcome;
        try {
            outcome = trainer.step(step);
        } catch (DivergedException e) {
            String last = run.folder().latestCheckpoint().map(checkpoint -> checkpoint.folder().toString()).orElse("none");
            throw new DivergedException(e.step(), e.batch(), last);
        }
        double took = (System.nanoTime() - started) * 1e-9;
        step++;
        tokens += outcome.tokens();
        seconds += took;
        run.record(new Metrics(step, outcome.losses(), outcome.total(), outcome.gradientNorm(), outcome.learningRate(),
            Preference.of(outcome.lambda()), outcome.active(), tokens, outcome.tokens() / took, seconds));
        return outcome;
    }

    private Checkpoint.State state() {
        return new Checkpoint.State(step, tokens, seconds);
    }

    private static String describe(List<String> dimensions, Trainer.Outcome outcome) {
        return IntStream.range(0, dimensions.size())
            .filter(i -> !Double.isNaN(outcome.losses()[i])) // no item of the batch is judged in this dimension
            .mapToObj(i -> String.format(Locale.ROOT, "%s %.3f", dimensions.get(i), outcome.losses()[i]))
            .collect(Collectors.joining(", "));
    }
}
