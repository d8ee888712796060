package dev.panacea.kernels.norm;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.kernels.elementwise.Widened;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;

/** RMSNorm of BF16 matrices on the host: widened, computed by the F32 twin, rounded back. F32 matrices go straight to that twin. */
final class Bf16HostRmsNorm implements RmsNorm {
    private final HostDevice device;
    private final HostRmsNorm twin;
    private final Elementwise elementwise;

    Bf16HostRmsNorm(HostDevice device) {
        this.device = device;
        twin = new HostRmsNorm(device);
        elementwise = Elementwise.on(device);
    }

    @Override
    public void forward(int rows, int columns, float epsilon, Buffer x, Buffer residual, Buffer weight, Buffer sum, Buffer y,
                        Buffer inverseRms) {
        if (x.dtype() == DType.F32) {
            twin.forward(rows, columns, epsilon, x, residual, weight, sum, y, inverseRms);
            return;
        }
        if ((residual == null) != (sum == null)) {
            throw new IllegalArgumentException("sum and residual go together: both or neither");
        }
        long count = (long) rows * columns;
        try (Widened f32 = new Widened(device, "RMSNorm", DType.BF16)) {
            Buffer s = f32.input("s", x, count);
            if (residual != null) {
                elementwise.add(count, s, f32.input("residual", residual, count), s);
                elementwise.cast(count, s, sum);
                elementwise.cast(count, sum, s);
            }
            twin.forward(rows, columns, epsilon, s, null, f32.input("weight", weight, columns), null, f32.output("y", y, count),
                inverseRms);
            f32.round();
        }
    }

    @Override
    public void backward(int rows, int columns, Buffer dy, Buffer s, Buffer weight, Buffer inverseRms, Buffer dSum, Buffer dx,
                         Buffer dWeight) {
        if (dy.dtype() == DType.F32) {
            twin.backward(rows, columns, dy, s, weight, inverseRms, dSum, dx, dWeight);
            return;
        }
        long count = (long) rows * columns;
        try (Widened f32 = new Widened(device, "RMSNorm", DType.BF16)) {
            twin.backward(rows, columns, f32.input("dy", dy, count), f32.input("s", s, count), f32.input("weight", weight, columns),
                inverseRms, f32.input("dSum", dSum, count), f32.output("dx", dx, count), dWeight);
            f32.round();
        }
    }
}
