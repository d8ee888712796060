package dev.panacea.bench.device;

import dev.panacea.bench.Spread;
import dev.panacea.bench.device.AttentionFigures.Rival;
import dev.panacea.bench.device.TorchPeer.Backend;
import dev.panacea.bench.gpu.Card;
import dev.panacea.runtime.CudaDevice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Attention of this project and of PyTorch, turn about on one card.
 *
 * @param peer empty where there is no PyTorch
 * @param rounds how often each has its turn, timings a turn {@code repeats}
 */
record AttentionComparison(CudaDevice device, DeviceClock clock, Optional<TorchPeer> peer, int rounds, int repeats) {
    private static final int WARM_UP = 2;

    /** Shapes in order until all are done or the time is over. */
    List<AttentionFigures> run(List<AttentionShape> shapes, Instant end, Consumer<String> progress) {
        List<AttentionFigures> figures = new ArrayList<>();
        for (AttentionShape shape : shapes) {
            for (boolean backward : new boolean[] {false, true}) {
                if (Instant.now().isAfter(end)) {
                    progress.accept("the time is over after " + figures.size() + " of " + 2 * shapes.size());
                    return figures;
                }
                AttentionFigures one = measure(shape, backward);
                progress.accept(AttentionTable.row(one));
                figures.add(one);
            }
        }
        return figures;
    }

    private AttentionFigures measure(AttentionShape shape, boolean backward) {
        double[] own = {};
        Map<Backend, double[]> theirs = new EnumMap<>(Backend.class);
        Map<Backend, String> reasons = new EnumMap<>(Backend.class);
        try (OwnAttention attention = new OwnAttention(device, shape)) {
            Runnable call = backward ? attention::forwardAndBackward : attention::forward;
            for (int round = 0; round < rounds; round++) {
                own = joined(own, clock.time(call, WARM_UP, repeats));
                for (Backend backend : peer.isPresent() ? Backend.values() : new Backend[0]) {
                    ask(shape, backward, backend, theirs, reasons);
                }
            }
        }
        Spread spread = Spread.ofMilliseconds(own);
        Map<String, Rival> rivals = new TreeMap<>();
        theirs.forEach((backend, times) -> rivals.put(name(backend), rival(times, spread)));
        reasons.forEach((backend, reason) -> rivals.put(name(backend), new Rival(null, 0, reason)));
        double teraflops = shape.flops(backward) / spread.median() * 1e-9;
        return new AttentionFigures(shape, backward, spread, teraflops, rivals, Card.now().orElse(null));
    }

    private void ask(AttentionShape shape, boolean backward, Backend backend, Map<Backend, double[]> theirs, Map<Backend, String> reasons) {
        if (reasons.containsKey(backend)) {
            return;
        }
        TorchPeer.Answer answer = peer.orElseThrow().time(shape, backward, backend, WARM_UP, repeats, DeviceClock.FLUSH_BYTES);
        if (answer.error() == null) {
            theirs.merge(backend, answer.milliseconds(), AttentionComparison::joined);
        } else {
            theirs.remove(backend);
            reasons.put(backend, answer.error());
        }
    }

    private static Rival rival(double[] times, Spread own) {
        Spread spread = Spread.ofMilliseconds(times);
        return new Rival(spread, spread.median() / own.median(), null);
    }

    private static String name(Backend backend) {
        return backend.name().toLowerCase(Locale.ROOT);
    }

    private static double[] joined(double[] first, double[] second) {
        double[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
