package dev.panacea.kernels.norm;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;

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
        try (MemoryScope scope = device.openScope("RMSNorm in bfloat16")) {
            Buffer s = widened(scope, "s", x, count);
            if (residual != null) {
                elementwise.add(count, s, widened(scope, "residual", residual, count), s);
                elementwise.cast(count, s, sum);
                elementwise.cast(count, sum, s);
            }
            Buffer normed = scope.allocate("y", DType.F32, count);
            twin.forward(rows, columns, epsilon, s, null, widened(scope, "weight", weight, columns), null, normed, inverseRms);
            elementwise.cast(count, normed, y);
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
        try (MemoryScope scope = device.openScope("RMSNorm in bfloat16")) {
            Buffer gradient = scope.allocate("dx", DType.F32, count);
            twin.backward(rows, columns, widened(scope, "dy", dy, count), widened(scope, "s", s, count),
                widened(scope, "weight", weight, columns), inverseRms, dSum == null ? null : widened(scope, "dSum", dSum, count),
                gradient, dWeight);
            elementwise.cast(count, gradient, dx);
        }
    }

    private Buffer widened(MemoryScope scope, String name, Buffer values, long count) {
        if (values.dtype() != DType.BF16) {
            throw new IllegalArgumentException(name + " must be BF16 as the other matrices are, but is " + values);
        }
        Buffer wide = scope.allocate(name, DType.F32, count);
        elementwise.cast(count, values, wide);
        return wide;
    }
}
