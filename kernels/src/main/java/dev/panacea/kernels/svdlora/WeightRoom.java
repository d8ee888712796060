package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;

/**
 * A frozen W0 (outputs, inputs) in a BF16 buffer of {@link #elements}, with room for U beside it and for Vᵀ below it, which every call
 * fills anew: {@code [W0 | U]} and {@code [W0 ; Vᵀ]} then lie in place for products on cuBLAS. A {@link SvdLoraLinear} of a CUDA device
 * knows such a weight by its number of elements, and takes it by ways on cuBLAS only.
 *
 * @param ranks r, filled up to a multiple of 16
 */
public record WeightRoom(int inputs, int outputs, int ranks) {
    private static final int PACK = 8;

    /** Room for an adapter of {@code rank}. */
    public static WeightRoom of(int inputs, int outputs, int rank) {
        return new WeightRoom(inputs, outputs, SvdLoraPlan.ranks(rank));
    }

    /** Elements from one row to the next. */
    public int stride() {
        return padded(inputs + ranks);
    }

    public long elements() {
        return (long) (outputs + ranks) * stride();
    }

    boolean isIn(Buffer weight) {
        return weight.count() == elements();
    }

    /** Copies W0 (outputs, inputs) to where it belongs in {@code room}, both BF16 on {@code device}. */
    public void fill(CudaDevice device, Buffer weight, Buffer room) {
        CudaOperand operand = new CudaOperand(device);
        long from = operand.address("weight", weight, DType.BF16, (long) outputs * inputs);
        long to = operand.address("room", room, DType.BF16, elements());
        new PlacedMatrices(device).place(from, to, outputs, inputs, inputs, stride());
    }

    /** Where U (outputs, ranks) goes. */
    long left(Buffer room) {
        return CudaBuffer.address(room) + (long) DType.BF16.bytes() * inputs;
    }

    /** Where Vᵀ (ranks, inputs) goes. */
    long right(Buffer room) {
        return CudaBuffer.address(room) + DType.BF16.bytes() * ((long) outputs * stride());
    }

    /** {@code count}, or the next multiple of 16 bytes in BF16. */
    static int padded(int count) {
        return Math.ceilDiv(count, PACK) * PACK;
    }
}
