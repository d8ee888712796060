package dev.panacea.kernels.svdlora;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.FLOAT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.cuda.KernelVariants;
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
    private final KernelVariants<String> diagonal;
    private final KernelVariants<String> singular;
    private final KernelVariants<String> scale;
    private final KernelVariants<String> gradient;

    DiagonalKernels(CudaDevice device) {
        this.device = device;
        diagonal = kernels("diagonal.ptx", DIAGONAL);
        singular = kernels("diagonal.ptx", SINGULAR);
        scale = kernels("diagonal.ptx", SCALE);
        gradient = kernels("diagonal_gradient.ptx", GRADIENT);
    }

    private KernelVariants<String> kernels(String file, KernelSignature signature) {
        return new KernelVariants<>(device, DiagonalKernels.class, file, signature, name -> name);
    }

    /** Every diagonal has k entries of σ and m of s·λ, times {@code multiplier}. */
    record Entries(int k, int m, int preferences, float multiplier) {
        int count() {
            return Math.multiplyExact(k + m, preferences);
        }
    }

    void diagonal(Entries e, long singularValues, long scaleValue, long lambda, long result) {
        Kernel kernel = diagonal.of("svdlora_diagonal");
        kernel.arguments().setPointer(0, singularValues).setPointer(1, scaleValue).setPointer(2, lambda).setPointer(3, result)
            .set(4, e.k).set(5, e.m).set(6, e.preferences).set(7, e.multiplier);
        kernel.launch(new LaunchGeometry(Math.ceilDiv(e.count(), THREADS), THREADS), device.computeStream());
    }

    void singularGradient(Entries e, long dDiagonal, long dSingular) {
        Kernel kernel = singular.of("svdlora_singular_gradient");
        kernel.arguments().setPointer(0, dDiagonal).setPointer(1, dSingular).set(2, e.k).set(3, e.m).set(4, e.preferences)
            .set(5, e.multiplier);
        kernel.launch(new LaunchGeometry(Math.ceilDiv(e.k, THREADS), THREADS), device.computeStream());
    }

    void scaleGradient(Entries e, long lambda, long dDiagonal, long dScale) {
        Kernel kernel = scale.of("svdlora_scale_gradient");
        kernel.arguments().setPointer(0, lambda).setPointer(1, dDiagonal).setPointer(2, dScale).set(3, e.k).set(4, e.m)
            .set(5, e.preferences).set(6, e.multiplier);
        kernel.launch(new LaunchGeometry(1, THREADS), device.computeStream());
    }

    /** Parts (chunks, preferences, ranks) of Σ G ⊙ projected over the rows of each preference. */
    void gradient(int chunks, int rows, Diagonals diagonals, long g, long projected, long parts) {
        Kernel kernel = gradient.of("svdlora_diagonal_gradient");
        kernel.arguments().setPointer(0, g).setPointer(1, projected).setPointer(2, diagonals.preferenceOfRow()).setPointer(3, parts)
            .set(4, rows).set(5, diagonals.rank()).set(6, diagonals.ranks());
        kernel.launch(new LaunchGeometry(new Dimensions(diagonals.preferences(), chunks), GRADIENT_BLOCK, 0), device.computeStream());
    }
}
