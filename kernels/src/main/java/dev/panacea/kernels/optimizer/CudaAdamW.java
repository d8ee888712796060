package dev.panacea.kernels.optimizer;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.FLOAT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.INT;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.LONG;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.cuda.Access;
import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.kernels.cuda.KernelVariants;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchGeometry;

/** AdamW on a CUDA device: {@code optimizer/gradient_norm.cu} and {@code optimizer/adamw.cu}. For one thread at a time. */
final class CudaAdamW implements AdamW {
    private static final KernelSignature PARTIALS = KernelSignature.of(POINTER, POINTER, LONG);
    private static final KernelSignature NORM = KernelSignature.of(POINTER, POINTER, INT, POINTER, LONG);
    private static final KernelSignature STEP = KernelSignature.of(POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, LONG,
        FLOAT, FLOAT, FLOAT, FLOAT, FLOAT, FLOAT, FLOAT);

    private static final int PACK = 4;
    private static final int THREADS = 256;
    // partial sums of the norm: enough to fill any card; the same on every card, so that the bits are
    private static final int MOST_PARTIALS = NORM_COUNT - 1;

    private final CudaDevice device;
    private final CudaOperand operand;
    private final KernelVariants<Access> partials;
    private final KernelVariants<String> norm;
    private final KernelVariants<Access> step;

    CudaAdamW(CudaDevice device) {
        this.device = device;
        operand = new CudaOperand(device);
        partials = new KernelVariants<>(device, CudaAdamW.class, "gradient_norm.ptx", PARTIALS,
            access -> "gradient_norm_partials_" + access.ending());
        norm = new KernelVariants<>(device, CudaAdamW.class, "gradient_norm.ptx", NORM, name -> name);
        step = new KernelVariants<>(device, CudaAdamW.class, "adamw.ptx", STEP, access -> "adamw_" + access.ending());
    }

    @Override
    public void norm(long count, Buffer gradient, Buffer losses, Buffer result) {
        long gradients = operand.address("gradient", gradient, DType.F32, count);
        long lossCount = losses == null ? 0 : losses.count();
        long lossValues = operand.addressOrNull("losses", losses, DType.F32, lossCount);
        long norms = operand.address("norm", result, DType.I64, NORM_COUNT);
        long sums = norms + DType.I64.bytes();
        Access access = Access.of(gradients);
        int blocks = count == 0 ? 0 : (int) Math.min(MOST_PARTIALS, Math.ceilDiv(count, (long) THREADS * access.elements(PACK)));
        if (blocks > 0) {
            Kernel kernel = partials.of(access);
            kernel.arguments().setPointer(0, gradients).setPointer(1, sums).set(2, count);
            kernel.launch(new LaunchGeometry(blocks, THREADS), device.computeStream());
        }
        Kernel kernel = norm.of("gradient_norm");
        kernel.arguments().setPointer(0, sums).setPointer(1, norms).set(2, blocks).setPointer(3, lossValues).set(4, lossCount);
        kernel.launch(new LaunchGeometry(1, THREADS), device.computeStream());
    }

    @Override
    public void step(Settings settings, Buffer schedule, Buffer norm, double clip, long count, Buffer parameters, Buffer gradient,
                     Buffer firstMoment, Buffer secondMoment, Buffer rounded) {
        long[] arrays = {operand.address("parameters", parameters, DType.F32, count),
            operand.address("gradient", gradient, DType.F32, count), operand.address("firstMoment", firstMoment, DType.F32, count),
            operand.address("secondMoment", secondMoment, DType.F32, count), operand.addressOrNull("rounded", rounded, DType.BF16, count)};
        long schedules = operand.address("schedule", schedule, DType.F32, Schedule.COUNT);
        long norms = operand.address("norm", norm, DType.I64, NORM_COUNT);
        if (count == 0) {
            return;
        }
        Access access = Access.of(arrays);
        Kernel kernel = step.of(access);
        for (int i = 0; i < arrays.length; i++) {
            kernel.arguments().setPointer(i, arrays[i]);
        }
        kernel.arguments().setPointer(5, schedules).setPointer(6, norms).set(7, count).set(8, (float) clip)
            .set(9, settings.beta1()).set(10, settings.fresh1()).set(11, settings.beta2()).set(12, settings.fresh2())
            .set(13, settings.epsilon()).set(14, settings.weightDecay());
        kernel.launch(access.over(count, PACK), device.computeStream());
    }
}
