package dev.panacea.bench.device;

import dev.panacea.bench.Spread;
import dev.panacea.bench.gpu.Card;
import java.util.Map;

/**
 * One shape and pass, by this project and by PyTorch on the same card, turn about.
 *
 * @param milliseconds of the own kernels
 * @param teraflops a second at the median; a causal mask counts half
 * @param rivals by the name of PyTorch's backend
 * @param card as it stood after the last turn; null where nvidia-smi is missing
 */
record AttentionFigures(AttentionShape shape, boolean backward, Spread milliseconds, double teraflops, Map<String, Rival> rivals,
                        Card card) {

    /**
     * @param milliseconds null when it did not run
     * @param speed of the own kernels over it, by medians; 0 when it did not run
     * @param reason why it did not run; null when it did
     */
    record Rival(Spread milliseconds, double speed, String reason) { }
}
