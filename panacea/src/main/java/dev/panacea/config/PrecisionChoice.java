package dev.panacea.config;

import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Precision;

/** The precision that a configuration asks for; {@code AUTO} is what the device computes in. */
public enum PrecisionChoice {
    AUTO, FLOAT32, BFLOAT16;

    /**
     * What it is on a device.
     *
     * @throws BadInputException for float32 where activations are bfloat16
     */
    public Precision on(Kernels kernels) {
        boolean narrow = kernels.activations() == DType.BF16;
        if (this == FLOAT32 && narrow) {
            throw new BadInputException("model.precision is float32, but " + kernels.device()
                + " computes in bfloat16; leave model.precision at auto, or use --device host");
        }
        return narrow || this == BFLOAT16 ? Precision.BFLOAT16 : Precision.FLOAT32;
    }
}
