package dev.panacea.kernels.preference;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.FLOAT;
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

/** DPO losses on a CUDA device: {@code preference/preference_loss.cu}. For one thread at a time. */
final class CudaPreferenceLoss implements PreferenceLoss {
    private static final KernelSignature FORWARD = KernelSignature.of(POINTER, POINTER, POINTER, INT, INT, FLOAT);
    private static final KernelSignature BACKWARD = KernelSignature.of(POINTER, POINTER, POINTER, POINTER, INT, INT, FLOAT);

    private final CudaDevice device;
    private final CudaOperand operand;
    private final KernelVariants<String> forward;
    private final KernelVariants<String> backward;

    CudaPreferenceLoss(CudaDevice device) {
        this.device = device;
        operand = new CudaOperand(device);
        forward = new KernelVariants<>(device, CudaPreferenceLoss.class, "preference_loss.ptx", FORWARD, name -> name);
        backward = new KernelVariants<>(device, CudaPreferenceLoss.class, "preference_loss.ptx", BACKWARD, name -> name);
    }

    @Override
    public void forward(Shape shape, Buffer logRatio, Buffer label, Buffer loss) {
        long ratios = operand.address("logRatio", logRatio, DType.F32, 2L * shape.pairs());
        long labels = operand.address("label", label, DType.F32, shape.judgements());
        long losses = operand.address("loss", loss, DType.F32, shape.judgements());
        if (shape.pairs() == 0) {
            return;
        }
        int judgements = Math.toIntExact(shape.judgements());
        Kernel kernel = forward.of("preference_loss_forward");
        kernel.arguments().setPointer(0, ratios).setPointer(1, labels).setPointer(2, losses).set(3, judgements)
            .set(4, shape.dimensions()).set(5, shape.beta());
        kernel.launch(Access.SINGLES.over(judgements, 1), device.computeStream());
    }

    @Override
    public void backward(Shape shape, Buffer logRatio, Buffer label, Buffer dLoss, Buffer dLogRatio) {
        long ratios = operand.address("logRatio", logRatio, DType.F32, 2L * shape.pairs());
        long labels = operand.address("label", label, DType.F32, shape.judgements());
        long losses = operand.address("dLoss", dLoss, DType.F32, shape.judgements());
        long gradients = operand.address("dLogRatio", dLogRatio, DType.F32, 2L * shape.pairs());
        if (shape.pairs() == 0) {
            return;
        }
        Kernel kernel = backward.of("preference_loss_backward");
        kernel.arguments().setPointer(0, ratios).setPointer(1, labels).setPointer(2, losses).setPointer(3, gradients)
            .set(4, shape.pairs()).set(5, shape.dimensions()).set(6, shape.beta());
        kernel.launch(Access.SINGLES.over(shape.pairs(), 1), device.computeStream());
    }
}
