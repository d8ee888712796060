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

/** Runs a trainer from where its run stands to the last step, writing metrics and checkpoints on the way. */
public final class TrainingLoop {
    private final Run run;
    private final Trainer trainer;
    private final ParameterSet parameters;
    private final Optimizer optimizer;
    private final TrainingConfig config;
    private long step;
    private long tokens;
    private double seconds;

    public TrainingLoop(Run run, Trainer trainer, ParameterSet parameters, Optimizer optimizer, TrainingConfig config) {
        this.run = run;
        this.trainer = trainer;
        this.parameters = parameters;
        this.optimizer = optimizer;
        this.config = config;
    }

    /**
     * Trains to the end; the last step always leaves a checkpoint.
     *
     * @param dimensions names, for the progress line
     * @return where training stands, counted over all resumptions
     * @throws DivergedException when a loss is no longer finite; its message names the last good checkpoint
     */
    public Checkpoint.State train(String what, List<String> dimensions, Progress progress) {
        run.start().ifPresent(this::resume);
        try (Progress.Stage stage = progress.start(what, config.steps())) {
            stage.advance(step, "");
            while (step < config.steps()) {
                Trainer.Outcome outcome = step();
                stage.advance(1, describe(dimensions, outcome));
                if (step % config.checkpointEvery() == 0 || step == config.steps()) {
                    run.checkpoint(state(), config.keepCheckpoints(), folder -> TrainedState.write(folder, parameters, optimizer));
                }
            }
        }
        return state();
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
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < dimensions.size(); i++) {
            text.append(String.format(Locale.ROOT, "%s%s %.3f", i == 0 ? "" : ", ", dimensions.get(i), outcome.losses()[i]));
        }
        return text.toString();
    }
}
