package dev.panacea.kernels.elementwise;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/** Small operations between the large ones; F32 unless said otherwise. Reductions are float64, in an order that the shape alone fixes. */
public interface Elementwise {

    /** This family on {@code device}. */
    static Elementwise on(Device device) {
        return switch (device) {
            case HostDevice host -> new HostElementwise(host);
            case CudaDevice cuda -> new CudaElementwise(cuda);
        };
    }

    /**
     * Sets every element of y, of any dtype.
     *
     * @throws IllegalArgumentException when y is of integers and {@code value} is none of them
     */
    void fill(long count, float value, Buffer y);

    /** Both of one dtype, any. */
    void copy(long count, Buffer x, Buffer y);

    /** {@code y = a + b}, all F32 or all BF16, rounded once; y may be the same buffer as a or b. */
    void add(long count, Buffer a, Buffer b, Buffer y);

    /** Rounds F32 to BF16 or F16 (to nearest, ties to even) or widens either to F32, as the dtypes of x and y say; equal dtypes copy. */
    void cast(long count, Buffer x, Buffer y);

    /** Sum of squares of F32 or BF16; a host synchronisation on other devices. */
    double sumOfSquares(long count, Buffer x);

    /** Whether every value of F32 or BF16 is finite; a host synchronisation on other devices. */
    boolean allFinite(long count, Buffer x);

    /**
     * Sum over each sequence of {@code x - minus}, [tokens] each: y [sequences], overwritten; empty sequences give 0.
     *
     * @param minus taken off token by token, before the sum; null for nothing
     */
    void sequenceSum(PackedSequences sequences, Buffer x, Buffer minus, Buffer y);

    /** Gradient of {@link #sequenceSum} with respect to x: every token of dx [tokens] gets its sequence's dy [sequences]. */
    void sequenceSumBackward(PackedSequences sequences, Buffer dy, Buffer dx);
}
