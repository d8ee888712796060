package dev.panacea.bench.device;

import dev.panacea.bench.gpu.Card;
import dev.panacea.runtime.CudaDevice;
import java.time.LocalDate;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code panacea bench attention}: the own attention beside PyTorch's on one GPU. */
@Command(name = "attention",
    description = {"Times attention in bfloat16 on a GPU, forward alone and with its backward, turn about with PyTorch's",
        "scaled_dot_product_attention on FlashAttention and cuDNN where a Python with PyTorch is found.", ""})
public final class AttentionCommand extends DeviceCommand {
    @Option(names = "--longest", paramLabel = "N", defaultValue = "16384",
        description = "Sequences of 1024 tokens and twice as many each time, up to this (default: ${DEFAULT-VALUE}).")
    private int longest;

    @Mixin
    private PeerOptions pytorch;

    @Override
    AttentionReport measure(CudaDevice device, DeviceClock clock) {
        atLeastOne("--longest", longest);
        return pytorch.beside("sdpa.py", this::progress, beside -> {
            Card card = Card.now().orElse(null);
            List<AttentionFigures> figures = new AttentionComparison(device, clock, beside.peer(), rounds(), repeats())
                .run(AttentionShape.upTo(longest), beside.end(), this::progress);
            return new AttentionReport(LocalDate.now().toString(), device.properties().name(), device.context().driver().name(),
                beside.versions(), card, rounds(), repeats(), DeviceClock.FLUSH_BYTES, figures);
        });
    }
}
