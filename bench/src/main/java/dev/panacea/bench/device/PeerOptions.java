package dev.panacea.bench.device;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Where PyTorch is found, and how long a comparison with it may take. */
final class PeerOptions {
    @Option(names = "--seconds", paramLabel = "N", defaultValue = "540",
        description = "Begins nothing new after this time (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--python", paramLabel = "FILE", defaultValue = "python3",
        description = "Python that has PyTorch (default: ${DEFAULT-VALUE}).")
    private String python;

    /**
     * What is measured beside PyTorch.
     *
     * @param peer empty where there is none
     * @param versions of PyTorch, or why there is none
     */
    record Beside(Optional<TorchPeer> peer, String versions, Instant end) { }

    /** Measures beside a process of PyTorch that runs {@code script}, which ends afterwards. */
    <R> R beside(String script, Consumer<String> progress, Function<Beside, R> measure) {
        DeviceCommand.atLeastOne("--seconds", seconds);
        Instant end = Instant.now().plusSeconds(seconds);
        Optional<TorchPeer> started = TorchPeer.start(python, script);
        try {
            String versions = TorchPeer.description(started, python);
            progress.accept(versions);
            return measure.apply(new Beside(started.filter(peer -> peer.absence().isEmpty()), versions, end));
        } finally {
            started.ifPresent(TorchPeer::close);
        }
    }
}
