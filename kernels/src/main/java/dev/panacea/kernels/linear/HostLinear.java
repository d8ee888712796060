package dev.panacea.kernels.linear;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;

/** {@link Linear} on the CPU: plain matrix products. */
final class HostLinear implements Linear {
    private final HostDevice device;
    private final Blas blas;
    private final Elementwise elementwise;

    HostLinear(HostDevice device) {
        this.device = device;
        this.blas = device.blas();
        this.elementwise = Elementwise.on(device);
    }

    @Override
    public void forward(int rows, int inputs, int outputs, Buffer x, Buffer weight, Buffer y) {
        try (var operands = new ProductOperands(device, elementwise, weight.dtype())) {
            Buffer left = operands.round("x", (long) rows * inputs, x);
            blas.gemm(false, true, rows, outputs, inputs, 1, left, inputs, weight, inputs, 0, y, outputs);
        }
    }

    @Override
    public void backward(int rows, int inputs, int outputs, Buffer dy, Buffer x, Buffer weight, Buffer dx, boolean accumulate,
                         Buffer dWeight) {
        try (var operands = new ProductOperands(device, elementwise, weight.dtype())) {
            Buffer gradient = operands.round("dy", (long) rows * outputs, dy);
            if (dx != null) {
                blas.gemm(false, false, rows, inputs, outputs, 1, gradient, outputs, weight, inputs, accumulate ? 1 : 0, dx, inputs);
            }
            if (dWeight != null) {
                Buffer input = operands.round("x", (long) rows * inputs, x);
                blas.gemm(true, false, outputs, inputs, rows, 1, gradient, outputs, input, inputs, 1, dWeight, inputs);
            }
        }
    }
}
