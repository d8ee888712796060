package dev.panacea.bench.device;

import dev.panacea.bench.gpu.Card;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.CudaDevice;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code panacea bench adapter}: adapted layers by every way beside the plain product and PyTorch's on one GPU. */
@Command(name = "adapter",
    description = {"Times adapted layers of Llama-2-7B and Llama-3.1-8B on a GPU by every way there is, turn about with the plain product",
        "on cuBLAS, and with LoRA and the same mathematics in PyTorch where a Python with PyTorch is found.", ""})
public final class AdapterCommand extends DeviceCommand {
    private static final long COPIED = 64L << 20;

    @Mixin
    private PeerOptions pytorch;

    @Option(names = "--tokens", paramLabel = "N", defaultValue = "4096", description = "Rows of a batch (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Override
    AdapterReport measure(CudaDevice device, DeviceClock clock) {
        atLeastOne("--tokens", tokens);
        return pytorch.beside(TorchAdapter.SCRIPT, this::progress, beside -> report(device, clock, beside));
    }

    private AdapterReport report(CudaDevice device, DeviceClock clock, PeerOptions.Beside beside) {
        Optional<Blas> cublas = cublas(device);
        Card card = Card.now().orElse(null);
        var comparison = new AdapterComparison(device, clock, cublas, beside.peer(), rounds(), repeats());
        double copyRate = comparison.copyRate(COPIED);
        List<AdapterFigures> figures = comparison.run(AdapterShape.all(tokens), copyRate, beside.end(), this::progress);
        return new AdapterReport(LocalDate.now().toString(), device.properties().name(), device.context().driver().name(),
            cublas.map(Blas::description).orElse("no cuBLAS"), beside.versions(), card, copyRate * 1e-6, rounds(), repeats(),
            DeviceClock.FLUSH_BYTES, figures);
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
