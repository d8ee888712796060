package dev.panacea.cli;

import dev.panacea.pretraining.PretrainConfig;
import dev.panacea.pretraining.Pretraining;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "pretrain",
    description = {
        "Trains all weights of a small Llama on plain text: learns a vocabulary, then the language, and writes a model folder.",
        "",
        "The bundled model was made so; its recipe lies beside it.", ""},
    footerHeading = "%nExample:%n",
    footer = "  panacea pretrain pretrain.yaml --set text=[book.txt] --to runs/pretrain --model my-model")
final class PretrainCommand extends TrainingCommand {
    @Parameters(paramLabel = "CONFIG", description = "The configuration, YAML.")
    private Path config;

    @Option(names = "--to", paramLabel = "DIR", required = true, description = "The run folder, made if missing.")
    private Path folder;

    @Option(names = "--model", paramLabel = "DIR", required = true, description = "Where the model folder is written.")
    private Path model;

    @Override
    public Integer call() {
        PretrainConfig resolved = PretrainConfig.read(config, changes.overrides());
        OutputFolder.check(folder);
        OutputFolder.check(model);
        return untilStopped("the same command and --resume", (device, stop) -> {
            Pretraining.Result result = new Pretraining(device, resolved, display.open(), stop).execute(folder, resume, model);
            output.answer(String.format(Locale.ROOT, "%d parameters, trained on %d tokens in %s; %.3f nats a held-out token; model in %s",
                result.parameters(), result.trainingTokens(), Pace.clock(result.seconds()), result.heldOutLoss(), model), result);
        });
    }
}
