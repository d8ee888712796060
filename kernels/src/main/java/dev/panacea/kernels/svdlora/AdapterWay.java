package dev.panacea.kernels.svdlora;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a CUDA device computes the two large products of an adapted layer; all agree to rounding. */
public enum AdapterWay {
    /** This project's own product, whose depth goes on from x and W0 into h and U. */
    FUSED,
    /** Two own products, added up in float32. */
    UNFUSED,
    /** One product on cuBLAS of operands that are copied side by side; best with a {@link WeightRoom}. */
    CUBLAS_AUGMENTED,
    /** Two products on cuBLAS: the small one into the result, the large one onto it. */
    CUBLAS_UNFUSED;

    public boolean onCublas() {
        return this == CUBLAS_AUGMENTED || this == CUBLAS_UNFUSED;
    }

    /** For example {@code cublas-unfused}. */
    public String spelled() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The way that is spelled so. */
    public static Optional<AdapterWay> of(String spelled) {
        return Arrays.stream(values()).filter(way -> way.spelled().equals(spelled)).findFirst();
    }
}
