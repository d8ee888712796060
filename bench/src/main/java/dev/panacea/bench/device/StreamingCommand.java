package dev.panacea.bench.device;

import dev.panacea.bench.Spread;
import dev.panacea.bench.gpu.Card;
import dev.panacea.runtime.CudaDevice;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code panacea bench streaming}: the memory-bound kernels beside the card's own copy rate. */
@Command(name = "streaming",
    description = {"Times the kernels that only move memory on a GPU, at the shapes of a model with 8 billion parameters, and says what",
        "share of a plain copy's rate each reaches.", ""})
public final class StreamingCommand extends DeviceCommand {
    private static final int WARM_UP = 3;

    @Option(names = "--tokens", paramLabel = "N", defaultValue = "4096", description = "Tokens of a batch (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(names = "--parameters", paramLabel = "N", defaultValue = "41943040",
        description = "Parameters of all adapters (default: ${DEFAULT-VALUE}).")
    private int parameters;

    @Override
    StreamingReport measure(CudaDevice device, DeviceClock clock) {
        atLeastOne("--tokens", tokens);
        atLeastOne("--parameters", parameters);
        Card before = Card.now().orElse(null);
        try (StreamingCalls calls = new StreamingCalls(device, tokens, parameters)) {
            List<StreamingFigures> figures = figures(calls.all(), clock);
            return new StreamingReport(LocalDate.now().toString(), device.properties().name(), device.context().driver().name(), before,
                Card.now().orElse(null), rounds(), repeats(), figures);
        }
    }

    /** All calls have their turn in every round, so that whatever the card's clock does meets all of them. */
    private List<StreamingFigures> figures(List<StreamingCall> all, DeviceClock clock) {
        List<DoubleStream.Builder> times = all.stream().map(call -> DoubleStream.builder()).toList();
        for (int round = 0; round < rounds(); round++) {
            for (int i = 0; i < all.size(); i++) {
                DoubleStream.of(clock.time(all.get(i).call(), WARM_UP, repeats())).forEach(times.get(i));
            }
        }
        List<Spread> spreads = times.stream().map(builder -> Spread.ofMilliseconds(builder.build().toArray())).toList();
        double copyRate = StreamingFigures.rate(all.getFirst(), spreads.getFirst());
        List<StreamingFigures> figures = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            figures.add(StreamingFigures.of(all.get(i), spreads.get(i), copyRate));
        }
        return figures;
    }
}
