package dev.panacea.kernels.activation;

import static dev.panacea.runtime.cuda.KernelSignature.Kind.LONG;
import static dev.panacea.runtime.cuda.KernelSignature.Kind.POINTER;

import dev.panacea.kernels.cuda.Access;
import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.kernels.cuda.KernelVariants;
import dev.panacea.kernels.cuda.TypedAccess;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.cuda.Kernel;
import dev.panacea.runtime.cuda.KernelSignature;

/** SwiGLU on a CUDA device: {@code activation/swiglu.cu}. For one thread at a time. */
final class CudaSwiGlu implements SwiGlu {
    private static final String FILE = "swiglu.ptx";
    private static final KernelSignature FORWARD = KernelSignature.of(POINTER, POINTER, POINTER, LONG);
    private static final KernelSignature BACKWARD = KernelSignature.of(POINTER, POINTER, POINTER, POINTER, POINTER, LONG);

    private final CudaDevice device;
    private final CudaOperand operand;
    private final KernelVariants<TypedAccess> forward;
    private final KernelVariants<TypedAccess> backward;

    CudaSwiGlu(CudaDevice device) {
        this.device = device;
        operand = new CudaOperand(device);
        forward = new KernelVariants<>(device, CudaSwiGlu.class, FILE, FORWARD, key -> key.of("swiglu_forward"));
        backward = new KernelVariants<>(device, CudaSwiGlu.class, FILE, BACKWARD, key -> key.of("swiglu_backward"));
    }

    @Override
    public void forward(long count, Buffer gate, Buffer up, Buffer y) {
        DType dtype = CudaOperand.dtype("gate", gate, DType.F32, DType.BF16);
        long gates = operand.address("gate", gate, dtype, count);
        long ups = operand.address("up", up, dtype, count);
        long ys = operand.address("y", y, dtype, count);
        if (count > 0) {
            TypedAccess access = new TypedAccess(dtype, Access.of(gates, ups, ys));
            Kernel kernel = forward.of(access);
            kernel.arguments().setPointer(0, gates).setPointer(1, ups).setPointer(2, ys).set(3, count);
            kernel.launch(access.over(count), device.computeStream());
        }
    }

    @Override
    public void backward(long count, Buffer dy, Buffer gate, Buffer up, Buffer dGate, Buffer dUp) {
        DType dtype = CudaOperand.dtype("dy", dy, DType.F32, DType.BF16);
        long[] arrays = {operand.address("dy", dy, dtype, count), operand.address("gate", gate, dtype, count),
            operand.address("up", up, dtype, count), operand.address("dGate", dGate, dtype, count),
            operand.address("dUp", dUp, dtype, count)};
        if (count > 0) {
            TypedAccess access = new TypedAccess(dtype, Access.of(arrays));
            Kernel kernel = backward.of(access);
            for (int i = 0; i < arrays.length; i++) {
                kernel.arguments().setPointer(i, arrays[i]);
            }
            kernel.arguments().set(arrays.length, count);
            kernel.launch(access.over(count), device.computeStream());
        }
    }
}
