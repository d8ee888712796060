package dev.panacea.bench.training;

import java.util.List;
import java.util.Optional;

/**
 * What a card cannot exceed.
 *
 * @param teraflops a second in bfloat16 with float32 sums, of the data sheet
 * @param terabytesPerSecond of its memory: what a large copy reaches on an A800 and an H200, the data sheet's figure for others
 */
record CardRates(String card, double teraflops, double terabytesPerSecond) {
    // the longer name first where one is the beginning of another
    private static final List<CardRates> KNOWN = List.of(new CardRates("H200", 989, 4.3), new CardRates("H100", 989, 3.35),
        new CardRates("A800", 312, 1.6), new CardRates("A100", 312, 1.6));

    /** @param device as its driver names it, such as {@code NVIDIA H200}; empty when it is none of those known */
    static Optional<CardRates> of(String device) {
        return KNOWN.stream().filter(rates -> device.contains(rates.card)).findFirst();
    }

    /** Least milliseconds of that much arithmetic and that many bytes, whichever takes longer. */
    double floorMilliseconds(double flops, double bytes) {
        return Math.max(flops / teraflops, bytes / terabytesPerSecond) * 1e-9;
    }

    /** Share of the card's arithmetic that {@code flops} in so many milliseconds are. */
    double share(double flops, double milliseconds) {
        return flops / (milliseconds * teraflops * 1e9);
    }
}
