package dev.panacea.bench.device;

import dev.panacea.bench.Spread;
import dev.panacea.bench.device.AdapterShape.Pass;
import dev.panacea.bench.gpu.Card;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * One layer by one pass: the plain products, every way of this project, and PyTorch's, turn about on one card.
 *
 * @param bare the plain products on cuBLAS; null where there is none
 * @param floor milliseconds that are the least to be hoped for beside it; 0 where there is none
 * @param ways of this project, by name
 * @param rivals by the name of PyTorch's form
 * @param card as it stood after the last turn; null where nvidia-smi is missing
 */
record AdapterFigures(AdapterShape shape, Pass pass, Spread bare, double floor, Map<String, Way> ways, Map<String, Rival> rivals,
                      Card card) {

    /** @param overBare its median over that of the plain products; 0 where there is none */
    record Way(Spread milliseconds, double overBare) { }

    /**
     * @param milliseconds null when it did not run
     * @param speed of the quickest way over it, by medians; 0 when it did not run
     * @param reason why it did not run; null when it did
     */
    record Rival(Spread milliseconds, double speed, String reason) { }

    /** The name of the quickest way that takes W0 as it is. */
    String quickest() {
        return ways.entrySet().stream().filter(way -> !way.getKey().equals(OwnAdapter.IN_ROOM))
            .min(Comparator.comparingDouble(way -> way.getValue().milliseconds().median())).orElseThrow().getKey();
    }

    /** What the quickest way may take over the plain products; empty where no goal was set. */
    Optional<Double> goal() {
        return shape.rows() < 1024 ? Optional.empty() : switch (pass) {
            case FORWARD -> Optional.of(1.06);
            case BACKWARD -> Optional.of(1.12);
            case BOTH -> Optional.empty();
        };
    }
}
