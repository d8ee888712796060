package dev.panacea.kernels.svdlora;

import dev.panacea.runtime.Buffer;

/** The two large products of an adapted layer by one {@link AdapterWay}, its narrow operands being there. For one thread at a time. */
sealed interface AdapterProducts permits OwnFused, OwnUnfused, CublasAugmented, CublasUnfused {

    /**
     * @param wide x (rows, inputs), or dy (rows, outputs)
     * @param narrow h, or G ⊙ d (rows, ranks), 0 from rank on
     * @param weight W0
     * @param factor U (outputs, rank), or V (inputs, rank)
     */
    record Operands(Buffer wide, Buffer narrow, Buffer weight, Buffer factor) { }

    /** y (rows, outputs) = x·W0ᵀ + h·Uᵀ, overwritten. */
    void forward(SvdLoraPlan plan, Operands operands, Buffer y);

    /** dx (rows, inputs) = dy·W0 + (G ⊙ d)·Vᵀ, overwritten unless {@code accumulate}. */
    void inputGradient(SvdLoraPlan plan, Operands operands, Buffer dx, boolean accumulate);
}
