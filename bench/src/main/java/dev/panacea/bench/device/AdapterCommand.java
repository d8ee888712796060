package dev.panacea.bench.device;

import dev.panacea.bench.gpu.Card;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.CudaDevice;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code panacea bench adapter}: adapted layers by every way beside the plain product and PyTorch's on one GPU. */
@Command(name = "adapter",
    description = {"Times adapted layers of Llama-2-7B and Llama-3.1-8B on a GPU by every way there is, turn about with the plain product",
        "on cuBLAS, and with LoRA and the same mathematics in PyTorch where a Python with PyTorch is found.", ""})
public final class AdapterCommand extends DeviceCommand {
    private static final long COPIED = 64L << 20;

    @Option(names = "--tokens", paramLabel = "N", defaultValue = "4096", description = "Rows of a batch (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "540",
        description = "Begins nothing new after this time (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--python", paramLabel = "FILE", defaultValue = "python3",
        description = "Python that has PyTorch (default: ${DEFAULT-VALUE}).")
    private String python;

    @Override
    AdapterReport measure(CudaDevice device, DeviceClock clock) {
        atLeastOne("--tokens", tokens);
        atLeastOne("--seconds", seconds);
        Instant end = Instant.now().plusSeconds(seconds);
        Optional<TorchPeer> started = TorchPeer.start(python, TorchAdapter.SCRIPT);
        try {
            String versions = started.map(peer -> peer.absence().orElseGet(peer::versions)).orElse(python + " cannot be started");
            progress(versions);
            Optional<Blas> cublas = cublas(device);
            Card card = Card.now().orElse(null);
            var comparison = new AdapterComparison(device, clock, cublas, started.filter(peer -> peer.absence().isEmpty()), rounds(),
                repeats());
            double copyRate = comparison.copyRate(COPIED);
            List<AdapterFigures> figures = comparison.run(AdapterShape.all(tokens), copyRate, end, this::progress);
            return new AdapterReport(LocalDate.now().toString(), device.properties().name(), device.context().driver().name(),
                cublas.map(Blas::description).orElse("no cuBLAS"), versions, card, copyRate * 1e-6, rounds(), repeats(),
                DeviceClock.FLUSH_BYTES, figures);
        } finally {
            started.ifPresent(TorchPeer::close);
        }
    }

    private Optional<Blas> cublas(CudaDevice device) {
        try {
            return Optional.of(device.blas());
        } catch (BadInputException e) {
            progress(e.getMessage());
            return Optional.empty();
        }
    }
}
