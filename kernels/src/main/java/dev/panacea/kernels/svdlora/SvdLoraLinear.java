package dev.panacea.kernels.svdlora;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import java.util.List;

/**
 * A frozen linear layer with a Panacea adapter (Zhong et al. 2024): {@code y = x·W0ᵀ + ((x·V) ⊙ d)·Uᵀ}, where
 * {@code d = (a/k)·[σ, s·λ]} is a row of {@code diagonal} chosen for each token, so one batch may carry many preferences λ.
 * All buffers are row-major.
 *
 * <p>x, U, V, y and their gradients dx and dy are BF16, and W0 with them; or, on the host, they are F32, and W0 F32 or BF16: with BF16 the
 * operands of every product are rounded to bfloat16. All else is F32 on every device: x·V too, as the gradient of d is a sum over all
 * rows whose terms cancel, h = (x·V) ⊙ d is rounded once as an operand, and rank columns cost next to nothing. Sums run in F32, and y and
 * dx are rounded once. A CUDA device takes BF16 only.
 */
public interface SvdLoraLinear {

    /** This family on {@code device}; on a CUDA device by {@link AdapterWays#usual}. */
    static SvdLoraLinear on(Device device) {
        return switch (device) {
            case HostDevice host -> new Bf16HostSvdLoraLinear(host);
            case CudaDevice cuda -> on(cuda, AdapterWays.usual(cuda));
        };
    }

    /** This family on a CUDA device, whose {@link Path#AUGMENTED} and backward take the ways that {@code ways} chooses. */
    static SvdLoraLinear on(CudaDevice device, AdapterWays ways) {
        return new CudaSvdLoraLinear(device, ways);
    }

    /**
     * @param rows tokens
     * @param rank r = k + m: singular directions, preference entries last
     * @param preferences rows of {@code diagonal}
     */
    record Shape(int rows, int inputs, int outputs, int rank, int preferences) { }

    /** Ways to run the forward; they agree to rounding. */
    enum Path {
        /** Two products, the second added to the first. */
        UNMERGED,
        /** One product of inner size inputs + rank: {@code [x | h]·[W0 | U]ᵀ}; on a CUDA device what {@link AdapterWays} chooses. */
        AUGMENTED,
        /** The adapter folded into a copy of W0 first; needs {@code preferences == 1}. */
        MERGED
    }

    /** The way that a batch with many preferences takes where nothing else is asked for. */
    Path usualPath();

    /** Lets ways that are chosen by measuring be taken from {@code file} first and be kept there; the host measures nothing. */
    default void keepWays(java.nio.file.Path file) { }

    /**
     * @param x (rows, inputs)
     * @param weight W0 (outputs, inputs); on a CUDA device also one in a {@link WeightRoom}, for ways on cuBLAS
     * @param left U (outputs, rank)
     * @param right V (inputs, rank)
     * @param diagonal d (preferences, rank), the multiplier a/k included
     * @param preferenceOfRow I32 [rows], each in [0, preferences); may be null when {@code preferences == 1}. Another value throws on the
     *     host; on a CUDA device that row's y and dx are NaN, and dU and dV with them.
     * @param projected x·V (rows, rank), overwritten; the backward needs it
     * @param y (rows, outputs), overwritten
     */
    default void forward(Shape shape, Path path, Buffer x, Buffer weight, Buffer left, Buffer right, Buffer diagonal,
                         Buffer preferenceOfRow, Buffer projected, Buffer y) {
        var member = new SvdLoraGroup.Member(shape.outputs, shape.rank, weight, left, right, diagonal, projected);
        forward(path, new SvdLoraGroup(shape.rows, shape.inputs, shape.preferences, x, preferenceOfRow, List.of(member)), List.of(y));
    }

    /**
     * The forward of layers that share x, by one read of it for all x·V. On a CUDA device y has the bits of a call for each; on the host
     * it is the same to rounding.
     *
     * @param y of each member (rows, outputs), overwritten
     */
    void forward(Path path, SvdLoraGroup group, List<Buffer> y);

    /**
     * Gradients of the forward. With G = dy·U: dx = dy·W0 + (G ⊙ d)·Vᵀ, dU += dyᵀ·(projected ⊙ d), dV += xᵀ·(G ⊙ d),
     * dDiagonal[p] += Σ over rows of preference p of G ⊙ projected.
     *
     * @param dx (rows, inputs), overwritten, or added to when {@code accumulate}; null when x needs no gradient
     * @param dLeft (outputs, rank), dRight (inputs, rank), dDiagonal (preferences, rank): F32, added to
     */
    default void backward(Shape shape, Buffer dy, Buffer x, Buffer weight, Buffer left, Buffer right, Buffer diagonal,
                          Buffer preferenceOfRow, Buffer projected, Buffer dx, boolean accumulate, Buffer dLeft, Buffer dRight,
                          Buffer dDiagonal) {
        var member = new SvdLoraGroup.Member(shape.outputs, shape.rank, weight, left, right, diagonal, projected);
        backward(new SvdLoraGroup(shape.rows, shape.inputs, shape.preferences, x, preferenceOfRow, List.of(member)),
            List.of(new SvdLoraGroup.Gradients(dy, dLeft, dRight, dDiagonal)), dx, accumulate);
    }

    /**
     * The backward of layers that share x, by one read of it for all dV. dx is the sum over the members, from the last to the first: each
     * adds to what is there as it leaves its own, so that in bfloat16 the sum is rounded for each. The bits are those of calls in that
     * order on a CUDA device; on the host they are the same to rounding.
     *
     * @param gradients of each member
     * @param dx (rows, inputs), overwritten, or added to when {@code accumulate}; null when x needs no gradient
     */
    void backward(SvdLoraGroup group, List<SvdLoraGroup.Gradients> gradients, Buffer dx, boolean accumulate);

    /** {@code merged = W0 + U·diag(d)·Vᵀ} for one preference (diagonal [rank]); merged (outputs, inputs) has W0's dtype. */
    void merge(int inputs, int outputs, int rank, Buffer weight, Buffer left, Buffer right, Buffer diagonal, Buffer merged);

    /**
     * The diagonal of every preference of a batch: {@code d[p] = multiplier · [σ, s·λ_p]}.
     *
     * @param singular σ [k]
     * @param scale s [1]; null when m = 0
     * @param lambda (preferences, m); not read when m = 0
     * @param diagonal (preferences, k + m), overwritten
     */
    void diagonal(int k, int m, int preferences, float multiplier, Buffer singular, Buffer scale, Buffer lambda, Buffer diagonal);

    /** Gradients of {@link #diagonal}: dSingular [k] and dScale [1] (null when m = 0) are added to. */
    void diagonalBackward(int k, int m, int preferences, float multiplier, Buffer lambda, Buffer dDiagonal,
                          Buffer dSingular, Buffer dScale);
}
