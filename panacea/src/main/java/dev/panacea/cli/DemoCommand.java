package dev.panacea.cli;

import dev.panacea.demo.Demo;
import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.sampling.Sampling;
import dev.panacea.preference.Preference;
import dev.panacea.run.RunFolder;
import dev.panacea.run.Summary;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Device;
import dev.panacea.training.TrainedRun;
import dev.panacea.transformer.generation.Generator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "demo",
    description = {
        "The main job, ready to run: trains one adapter for every preference, evaluates it over λ, and shows the Pareto front.",
        "",
        "Without options it runs on the bundled model, which writes its own pairs; brevity and liveliness decide what is better in"
            + " them. With --fixtures it runs on real weights and human preferences.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
        "  panacea demo",
        "  panacea demo --fixtures fixtures",
        "  panacea demo --fixtures fixtures --data hh_rlhf --to run-hh"})
final class DemoCommand extends TrainingCommand {
    private static final Path RUNS = Path.of("runs");
    private static final int ANSWER_TOKENS = 80;
    private static final Sampling.Settings DRAWS = new Sampling.Settings(0.7f, 0, 0.95f);

    /** What {@code --json} writes. */
    record Result(Summary summary, Continuations answers) { }

    @Option(names = "--fixtures", paramLabel = "DIR", defaultValue = "${env:PANACEA_FIXTURES}",
        description = "Real weights and preferences (default: what PANACEA_FIXTURES names, else the bundled model).")
    private Path fixtures;

    @Option(names = "--bundled", description = "The bundled model, also where PANACEA_FIXTURES is set.")
    private boolean bundled;

    @Option(names = "--prompts", paramLabel = "N", defaultValue = "3200",
        description = "Beginnings that the bundled model writes and continues twice; fewer take less time (default: ${DEFAULT-VALUE}).")
    private int prompts;

    @Option(names = "--data", paramLabel = "NAME", defaultValue = "helpsteer2",
        description = "Which of the real preferences: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Demo.Dataset dataset;

    @Option(names = "--to", paramLabel = "DIR", description = "The run folder (default: a new one, runs/demo or runs/demo-2 and so on).")
    private Path folder;

    @Override
    public Integer call() {
        Path target = folder == null ? newFolder() : folder;
        OutputFolder.check(target);
        if (prompts < 1) {
            throw new BadInputException("--prompts " + prompts + " leaves nothing to learn from; give at least 1");
        }
        return untilStopped("the same command and --to " + target + " --resume", (device, stop) -> {
            Demo demo = new Demo(device, examples(), target, resume, display.open(), stop);
            Demo.Outcome outcome = fixtures == null || bundled ? demo.bundled(prompts, changes.overrides())
                : demo.real(fixtures, dataset, changes.overrides());
            tell(target, outcome, answers(device, target, outcome.prompt()));
        });
    }

    private static Path newFolder() {
        Path free = RUNS.resolve("demo");
        for (int number = 2; Files.exists(free); number++) {
            free = RUNS.resolve("demo-" + number);
        }
        return free;
    }

    private static Path examples() {
        String home = System.getProperty("panacea.home");
        if (home == null || !Files.isDirectory(Path.of(home, "examples"))) {
            throw new BadInputException("the project's examples folder is not found; start the demo by bin/panacea of a checkout");
        }
        return Path.of(home, "examples");
    }

    /** The prompt answered at every vertex and, behind the first, at the centre, in one batch. */
    private static Continuations answers(Device device, Path run, String prompt) {
        try (TrainedRun trained = TrainedRun.open(Kernels.on(device), run, List.of())) {
            int dimensions = trained.dimensions().size();
            List<Preference> preferences = new ArrayList<>();
            for (int i = 0; i < dimensions; i++) {
                preferences.add(Preference.vertex(dimensions, i));
            }
            preferences.add(1, Preference.centre(dimensions));
            return Continuations.generate(trained.model(), List.of(new Continuations.Asked(prompt, preferences)), trained::at,
                new Generator.Settings(DRAWS, ANSWER_TOKENS, List.of(trained.model().vocabulary().eos()), trained.config().seed()))
                .getFirst();
        }
    }

    private void tell(Path run, Demo.Outcome outcome, Continuations answers) {
        String text = SummaryTable.of(outcome.summary()) + "\nλ = (" + String.join(", ", outcome.summary().dimensions())
            + "), asked to go on from: " + answers.prompt().strip() + "\n\n" + answers.text()
            + "\nThe front is drawn in " + new RunFolder(run).frontPlot() + ", the training in " + new RunFolder(run).curvesPlot() + ".";
        output.answer(text, new Result(outcome.summary(), answers));
    }
}
