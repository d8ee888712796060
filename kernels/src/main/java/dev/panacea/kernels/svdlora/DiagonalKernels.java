package dev.panacea.kernels.svdlora;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.FLOAT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchGeometry;

/** The diagonals and their gradients: {@code svdlora/diagonal.cu} and {@code svdlora/diagonal_gradient.cu}. For one thread at a time. */
final class DiagonalKernels {
    private static final KernelSignature DIAGONAL =
        KernelSignature.of(POINTER, POINTER, POINTER, POINTER, INT, INT, INT, FLOAT);
    private static final KernelSignature SINGULAR = KernelSignature.of(POINTER, POINTER, INT, INT, INT, FLOAT);
    private static final KernelSignature SCALE = KernelSignature.of(POINTER, POINTER, POINTER, INT, INT, INT, FLOAT);
    private static final KernelSignature GRADIENT = KernelSignature.of(POINTER, POINTER, POINTER, POINTER, INT, INT, INT);
    private static final int THREADS = 256;
    private static final Dimensions GRADIENT_BLOCK = new Dimensions(16, 16);

    private final CudaDevice device;
    private final Kernel diagonal;
    private final Kernel singular;
    private final Kernel scale;
    private final Kernel gradient;

    DiagonalKernels(CudaDevice device) {
        this.device = device;
        diagonal = kernel("diagonal.ptx", "svdlora_diagonal", DIAGONAL);
        singular = kernel("diagonal.ptx", "svdlora_singular_gradient", SINGULAR);
        scale = kernel("diagonal.ptx", "svdlora_scale_gradient", SCALE);
        gradient = kernel("diagonal_gradient.ptx", "svdlora_diagonal_gradient", GRADIENT);
    }

    private Kernel kernel(String file, String name, KernelSignature signature) {
        return device.kernel(file, DiagonalKernels.class::getResourceAsStream, name, signature);
    }

    /** Every diagonal has k entries of σ and m of s·λ, times {@code multiplier}. */
    record Entries(int k, int m, int preferences, float multiplier) {
        int count() {
            return Math.multiplyExact(k + m, preferences);
        }
    }

    void diagonal(Entries e, long singularValues, long scaleValue, long lambda, long result) {
        diagonal.arguments().setPointer(0, singularValues).setPointer(1, scaleValue).setPointer(2, lambda).setPointer(3, result)
            .set(4, e.k).set(5, e.m).set(6, e.preferences).set(7, e.multiplier);
        diagonal.launch(new LaunchGeometry(Math.ceilDiv(e.count(), THREADS), THREADS), device.computeStream());
    }

    void singularGradient(Entries e, long dDiagonal, long dSingular) {
        singular.arguments().setPointer(0, dDiagonal).setPointer(1, dSingular).set(2, e.k).set(3, e.m).set(4, e.preferences)
            .set(5, e.multiplier);
        singular.launch(new LaunchGeometry(Math.ceilDiv(e.k, THREADS), THREADS), device.computeStream());
    }

    void scaleGradient(Entries e, long lambda, long dDiagonal, long dScale) {
        scale.arguments().setPointer(0, lambda).setPointer(1, dDiagonal).setPointer(2, dScale).set(3, e.k).set(4, e.m)
            .set(5, e.preferences).set(6, e.multiplier);
        scale.launch(new LaunchGeometry(1, THREADS), device.computeStream());
    }

    /** Parts (chunks, preferences, ranks) of Σ G ⊙ projected over the rows of each preference. */
    void gradient(int chunks, int rows, Diagonals diagonals, long g, long projected, long parts) {
        gradient.arguments().setPointer(0, g).setPointer(1, projected).setPointer(2, diagonals.preferenceOfRow()).setPointer(3, parts)
            .set(4, rows).set(5, diagonals.rank()).set(6, diagonals.ranks());
        gradient.launch(new LaunchGeometry(new Dimensions(diagonals.preferences(), chunks), GRADIENT_BLOCK, 0), device.computeStream());
    }
}
