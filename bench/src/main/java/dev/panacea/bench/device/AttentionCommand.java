package dev.panacea.bench.device;

import dev.panacea.bench.gpu.Card;
import dev.panacea.runtime.CudaDevice;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code panacea bench attention}: the own attention beside PyTorch's on one GPU. */
@Command(name = "attention",
    description = {"Times attention in bfloat16 on a GPU, forward alone and with its backward, turn about with PyTorch's",
        "scaled_dot_product_attention on FlashAttention and cuDNN where a Python with PyTorch is found.", ""})
public final class AttentionCommand extends DeviceCommand {
    @Option(names = "--longest", paramLabel = "N", defaultValue = "16384",
        description = "Sequences of 1024 tokens and twice as many each time, up to this (default: ${DEFAULT-VALUE}).")
    private int longest;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "540",
        description = "Begins nothing new after this time (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--python", paramLabel = "FILE", defaultValue = "python3",
        description = "Python that has PyTorch (default: ${DEFAULT-VALUE}).")
    private String python;

    @Override
    AttentionReport measure(CudaDevice device, DeviceClock clock) {
        atLeastOne("--longest", longest);
        atLeastOne("--seconds", seconds);
        Optional<TorchPeer> started = TorchPeer.start(python);
        try {
            String versions = started.map(peer -> peer.absence().orElseGet(peer::versions)).orElse(python + " cannot be started");
            progress(versions);
            Card card = Card.now().orElse(null);
            Optional<TorchPeer> usable = started.filter(peer -> peer.absence().isEmpty());
            List<AttentionFigures> figures = new AttentionComparison(device, clock, usable, rounds(), repeats())
                .run(AttentionShape.upTo(longest), Instant.now().plusSeconds(seconds), this::progress);
            return new AttentionReport(LocalDate.now().toString(), device.properties().name(), device.context().driver().name(), versions,
                card, rounds(), repeats(), DeviceClock.FLUSH_BYTES, figures);
        } finally {
            started.ifPresent(TorchPeer::close);
        }
    }
}
