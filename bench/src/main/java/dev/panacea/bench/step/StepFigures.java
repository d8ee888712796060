package dev.panacea.bench.step;

import dev.panacea.bench.Spread;

/**
 * What one configuration's training step took.
 *
 * @param tokens of a step
 * @param step milliseconds of a whole step, products those of its matrix products alone
 * @param ratio of the medians, step over products
 * @param productGflop arithmetic of the products, 10⁹ operations; attention's own are not counted
 * @param gflopsInProducts 10⁹ operations a second while only products run, gflopsInStep over the whole step
 * @param floors what the step could not go below here
 * @param peakBytes most device memory held in a step, plannedPeakBytes what was predicted
 */
public record StepFigures(String model, String precision, int threads, long tokens, Spread step, Spread products, double ratio,
                          double tokensPerSecond, double productGflop, double gflopsInProducts, double gflopsInStep, Floors floors,
                          long peakBytes, long plannedPeakBytes) {

    /**
     * Lower bounds in milliseconds.
     *
     * @param gflops of a large product on this device, which {@code arithmetic} divides the products' operations by
     * @param gigabytesPerSecond of a large copy, which {@code memory} divides the bytes by that a step must move: every kept
     *     activation written and read once, every weight read in both directions, AdamW's arrays read and written
     */
    public record Floors(double gflops, double arithmetic, double gigabytesPerSecond, double memory) { }
}
