package dev.panacea.kernels.preference;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.cuda.Access;
import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.kernels.cuda.KernelVariants;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;

/** Losses of demonstrations on a CUDA device: {@code preference/likelihood_loss.cu}. For one thread at a time. */
final class CudaLikelihoodLoss implements LikelihoodLoss {
    private static final KernelSignature SIGNATURE = KernelSignature.of(POINTER, POINTER, POINTER, INT, INT);

    private final CudaDevice device;
    private final CudaOperand operand;
    private final KernelVariants<String> kernels;

    CudaLikelihoodLoss(CudaDevice device) {
        this.device = device;
        operand = new CudaOperand(device);
        kernels = new KernelVariants<>(device, CudaLikelihoodLoss.class, "likelihood_loss.ptx", SIGNATURE, name -> name);
    }

    @Override
    public void forward(int sequences, int dimensions, Buffer logProb, Buffer dimension, Buffer loss) {
        int count = Math.multiplyExact(sequences, dimensions);
        launch("likelihood_loss_forward", count, dimensions, operand.address("logProb", logProb, DType.F32, sequences),
            operand.address("dimension", dimension, DType.I32, sequences), operand.address("loss", loss, DType.F32, count));
    }

    @Override
    public void backward(int sequences, int dimensions, Buffer dimension, Buffer dLoss, Buffer dLogProb) {
        launch("likelihood_loss_backward", sequences, dimensions, operand.address("dimension", dimension, DType.I32, sequences),
            operand.address("dLoss", dLoss, DType.F32, (long) sequences * dimensions),
            operand.address("dLogProb", dLogProb, DType.F32, sequences));
    }

    private void launch(String name, int threads, int dimensions, long first, long second, long third) {
        if (threads == 0) {
            return;
        }
        Kernel kernel = kernels.of(name);
        kernel.arguments().setPointer(0, first).setPointer(1, second).setPointer(2, third).set(3, threads).set(4, dimensions);
        kernel.launch(Access.SINGLES.over(threads, 1), device.computeStream());
    }
}
