package dev.panacea.bench.training;

import dev.panacea.bench.Spread;
import java.util.List;
import java.util.Map;

/**
 * What one shape's training step took on a CUDA device.
 *
 * @param tokens of a step, in {@code sequences} of one length; {@code asked} of them are asked for their next
 * @param recomputation of blocks in the backward, {@code off}, {@code selective} or {@code full}
 * @param floorMilliseconds what the card's data sheet allows at best, kernel family by kernel family; 0 for a card that is not known
 * @param mfu useful operations over what the card could do in the same time, hfu with those that are done again; 0 likewise
 * @param peakBytes most device memory held, plannedBytes what was predicted
 * @param kernels time by family, of another step, in which each launch stands between two marks
 * @param unmarked milliseconds of that step outside of marked launches: matrix products of a library, copies, waits, the marks
 * @param peers by way
 */
record DeviceStepFigures(String model, String objective, int tokens, int sequences, int asked, String recomputation, Spread milliseconds,
                         double tokensPerSecond, double floorMilliseconds, StepFlops flops, double mfu, double hfu, double loss,
                         long peakBytes, long plannedBytes, List<KernelTime> kernels, double unmarked, Map<String, Rival> peers) {

    /**
     * One family of kernels.
     *
     * @param floorMilliseconds 0 for a card that is not known
     * @param byKernel milliseconds by name
     */
    record KernelTime(String family, double milliseconds, double floorMilliseconds, Map<String, Double> byKernel) { }

    /**
     * PyTorch's step on the same card.
     *
     * @param milliseconds null when it did not run
     * @param speed of the own step over it, by medians; 0 when it did not run
     * @param reason why it did not run; null when it did
     */
    record Rival(Spread milliseconds, double tokensPerSecond, double speed, long peakBytes, double loss, String reason) { }
}
