package dev.panacea.bench.device;

import dev.panacea.bench.Spread;
import dev.panacea.bench.device.AdapterFigures.Rival;
import dev.panacea.bench.device.AdapterFigures.Way;
import dev.panacea.bench.device.AdapterShape.Pass;
import dev.panacea.bench.device.AdapterShape.Timing;
import dev.panacea.bench.gpu.Card;
import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;

/**
 * Adapted layers of this project by every way, the plain products and PyTorch's layers, turn about on one card.
 *
 * @param cublas empty where there is none
 * @param peer empty where there is no PyTorch
 * @param rounds how often each has its turn, timings a turn {@code repeats}
 */
record AdapterComparison(CudaDevice device, DeviceClock clock, Optional<Blas> cublas, Optional<TorchPeer> peer, int rounds, int repeats) {
    private static final int WARM_UP = 3;

    /** Bytes that a plain copy moves a millisecond, read and written. */
    double copyRate(long elements) {
        try (MemoryScope scope = device.openScope("copy")) {
            Buffer from = new RandomOperands(scope).bf16(elements);
            Buffer to = scope.allocate("copy", DType.BF16, elements);
            Elementwise elementwise = Elementwise.on(device);
            double[] times = clock.time(() -> elementwise.copy(elements, from, to), WARM_UP, repeats);
            return 2.0 * from.bytes() / Spread.ofMilliseconds(times).median();
        }
    }

    /** Timings in order until all are done or the time is over. */
    List<AdapterFigures> run(List<Timing> timings, double copyRate, Instant end, Consumer<String> progress) {
        List<AdapterFigures> figures = new ArrayList<>();
        for (Timing timing : timings) {
            if (Instant.now().isAfter(end)) {
                progress.accept("the time is over after " + figures.size() + " of " + timings.size());
                return figures;
            }
            AdapterFigures one = measure(timing.shape(), timing.pass(), copyRate);
            progress.accept(AdapterTable.row(one));
            figures.add(one);
        }
        return figures;
    }

    private AdapterFigures measure(AdapterShape shape, Pass pass, double copyRate) {
        Map<String, DoubleStream.Builder> own = new LinkedHashMap<>();
        Map<TorchAdapter, DoubleStream.Builder> theirs = new EnumMap<>(TorchAdapter.class);
        Map<TorchAdapter, String> reasons = new EnumMap<>(TorchAdapter.class);
        try (OwnAdapter layer = new OwnAdapter(device, cublas, shape)) {
            SequencedMap<String, Runnable> calls = layer.calls(pass);
            for (int round = 0; round < rounds; round++) {
                calls.forEach((name, call) -> DoubleStream.of(clock.time(call, WARM_UP, repeats))
                    .forEach(own.computeIfAbsent(name, unseen -> DoubleStream.builder())));
                peer.filter(asked -> pass != Pass.BACKWARD).ifPresent(asked -> ask(asked, shape, pass, theirs, reasons));
            }
        }
        return figures(shape, pass, copyRate, spreads(own), spreads(theirs), reasons);
    }

    private void ask(TorchPeer asked, AdapterShape shape, Pass pass, Map<TorchAdapter, DoubleStream.Builder> times,
                     Map<TorchAdapter, String> reasons) {
        for (TorchAdapter rival : TorchAdapter.values()) {
            if (!reasons.containsKey(rival)) {
                TorchPeer.Answer answer = rival.time(asked, shape, pass, WARM_UP, repeats, DeviceClock.FLUSH_BYTES);
                if (answer.error() == null) {
                    DoubleStream.of(answer.milliseconds()).forEach(times.computeIfAbsent(rival, unseen -> DoubleStream.builder()));
                } else {
                    times.remove(rival);
                    reasons.put(rival, answer.error());
                }
            }
        }
    }

    private static <K> SequencedMap<K, Spread> spreads(Map<K, DoubleStream.Builder> times) {
        SequencedMap<K, Spread> spreads = new LinkedHashMap<>();
        times.forEach((key, builder) -> spreads.put(key, Spread.ofMilliseconds(builder.build().toArray())));
        return spreads;
    }

    private static AdapterFigures figures(AdapterShape shape, Pass pass, double copyRate, SequencedMap<String, Spread> own,
                                          Map<TorchAdapter, Spread> theirs, Map<TorchAdapter, String> reasons) {
        Spread bare = own.remove(OwnAdapter.BARE);
        Map<String, Way> ways = new LinkedHashMap<>();
        own.forEach((name, spread) -> ways.put(name, new Way(spread, bare == null ? 0 : spread.median() / bare.median())));
        double floor = bare == null ? 0 : shape.floorMilliseconds(pass, bare.median(), copyRate);
        Map<String, Rival> rivals = new LinkedHashMap<>();
        AdapterFigures figures = new AdapterFigures(shape, pass, bare, floor, ways, rivals, Card.now().orElse(null));
        double quickest = ways.get(figures.quickest()).milliseconds().median();
        theirs.forEach((rival, spread) -> rivals.put(rival.spelled(), new Rival(spread, spread.median() / quickest, null)));
        reasons.forEach((rival, reason) -> rivals.put(rival.spelled(), new Rival(null, 0, reason)));
        return figures;
    }
}
