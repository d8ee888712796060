package dev.panacea.bench.training;

import dev.panacea.bench.Spread;
import dev.panacea.bench.training.DeviceStepFigures.Rival;
import dev.panacea.bench.training.StepPeer.Way;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * Steps of this project and of PyTorch, turn about on one card.
 *
 * @param rounds how often each has its turn
 * @param warmUp steps that begin a turn untimed, before {@code steps} that are timed
 */
record StepTurns(int rounds, int warmUp, int steps) {

    /**
     * @param own milliseconds of all own steps
     * @param loss of the last of them, the mean of its dimensions
     */
    record Outcome(double[] own, double loss, Map<String, Rival> peers) { }

    Outcome run(DeviceWorkload work, StepShape shape, Optional<StepPeer> peer, List<Way> ways) {
        double[] own = {};
        double loss = Double.NaN;
        Map<Way, double[]> theirs = new LinkedHashMap<>();
        Map<Way, StepPeer.Answer> last = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < warmUp; i++) {
                work.step();
            }
            for (int i = 0; i < steps; i++) {
                long started = System.nanoTime();
                double[] losses = work.step().losses();
                own = joined(own, (System.nanoTime() - started) * 1e-6);
                // a dimension that no sequence belongs to has none
                loss = Arrays.stream(losses).filter(Double::isFinite).average().orElse(Double.NaN);
            }
            for (Way way : peer.isPresent() ? ways : List.<Way>of()) {
                if (!last.containsKey(way) || last.get(way).error() == null) {
                    StepPeer.Answer answer = peer.get().time(shape, way, warmUp, steps);
                    last.put(way, answer);
                    theirs.merge(way, answer.milliseconds(), StepTurns::joined);
                }
            }
        }
        double median = Spread.ofMilliseconds(own).median();
        Map<String, Rival> rivals = new LinkedHashMap<>();
        last.forEach((way, answer) -> rivals.put(way.toString(), rival(answer, theirs.get(way), median, shape.rows())));
        return new Outcome(own, loss, rivals);
    }

    private static Rival rival(StepPeer.Answer last, double[] times, double own, int tokens) {
        if (last.error() != null) {
            return new Rival(null, 0, 0, 0, 0, last.error());
        }
        Spread spread = Spread.ofMilliseconds(times);
        return new Rival(spread, 1e3 * tokens / spread.median(), spread.median() / own, last.peakBytes(), last.loss(), null);
    }

    private static double[] joined(double[] first, double... second) {
        return DoubleStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
    }
}
