package dev.panacea.kernels.cuda;

import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.CudaDevice;
import java.util.Optional;

/** The matrix products of a library, for families that have their own and do without it where there is none. */
public final class Cublas {
    private static final System.Logger LOG = System.getLogger(Cublas.class.getName());

    private Cublas() { }

    /** Opened at its first use; where it cannot be, the log says why. */
    public static Optional<Blas> of(CudaDevice device) {
        try {
            return Optional.of(device.blas());
        } catch (BadInputException e) {
            LOG.log(System.Logger.Level.INFO, "products are computed by own kernels alone: {0}", e.getMessage());
            return Optional.empty();
        }
    }
}
