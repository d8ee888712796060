package dev.panacea.kernels.sampling;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/** Draws one token id a row from logits. */
public interface Sampling {

    /** This family on {@code device}. */
    static Sampling on(Device device) {
        return switch (device) {
            case HostDevice host -> new HostSampling(host);
            case CudaDevice cuda -> new CudaSampling(cuda);
        };
    }

    /**
     * @param temperature 0 for greedy (first of equals); else logits are divided by it
     * @param topK only the k largest logits may be drawn; 0 for all
     * @param topP only the smallest set of most likely tokens that reaches this share of what top-k left may be drawn; 1 for all
     */
    record Settings(float temperature, int topK, float topP) {
        public static final Settings GREEDY = new Settings(0, 0, 1);

        public Settings {
            if (!(temperature >= 0 && Float.isFinite(temperature) && topK >= 0 && topP > 0 && topP <= 1)) {
                throw new IllegalArgumentException("sampling needs temperature ≥ 0 (is " + temperature + "), top-k ≥ 0 (is " + topK
                    + ") and top-p in (0, 1] (is " + topP + ")");
            }
        }
    }

    /**
     * Draws in the order of ids, or where top-k or top-p is set, in that of likelihood, equals by rising id. Devices draw the same token
     * except where {@code uniform} is within 1e-6 of the border between two.
     *
     * @param logits (rows, vocabulary) F32
     * @param uniform one number in [0, 1) a row, which decides the draw
     * @param ids I32 [rows], overwritten
     * @throws IllegalArgumentException naming the first row that holds NaN, positive infinity or negative infinity alone; a CUDA device,
     *     which cannot throw, draws -1 there
     */
    void sample(int rows, int vocabulary, Settings settings, Buffer logits, double[] uniform, Buffer ids);
}
