package dev.panacea.kernels.linear;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;

/** {@link Linear} on the CPU: plain matrix products. */
final class HostLinear implements Linear {
    private final Device device;
    private final Blas blas;
    private final Elementwise elementwise;

    HostLinear(HostDevice device) {
        this(device, device.blas(), Elementwise.on(device));
    }

    /** @param device that operands lie on */
    HostLinear(Device device, Blas blas, Elementwise elementwise) {
        this.device = device;
        this.blas = blas;
        this.elementwise = elementwise;
    }

    @Override
    public void forward(int rows, int inputs, int outputs, Buffer x, Buffer weight, Buffer y) {
        try (var operands = new ProductOperands(device, elementwise, weight.dtype())) {
            Buffer left = operands.round("x", (long) rows * inputs, x);
            Buffer sums = floats(operands, "y", y, (long) rows * outputs);
            blas.gemm(false, true, rows, outputs, inputs, 1, left, inputs, weight, inputs, 0, sums, outputs);
            round((long) rows * outputs, sums, y);
        }
    }

    @Override
    public void backward(int rows, int inputs, int outputs, Buffer dy, Buffer x, Buffer weight, Buffer dx, boolean accumulate,
                         Buffer dWeight) {
        try (var operands = new ProductOperands(device, elementwise, weight.dtype())) {
            Buffer gradient = operands.round("dy", (long) rows * outputs, dy);
            if (dx != null) {
                inputGradient(rows, inputs, outputs, gradient, weight, dx, accumulate, operands);
            }
            if (dWeight != null) {
                Buffer input = operands.round("x", (long) rows * inputs, x);
                blas.gemm(true, false, outputs, inputs, rows, 1, gradient, outputs, input, inputs, 1, dWeight, inputs);
            }
        }
    }

    private void inputGradient(int rows, int inputs, int outputs, Buffer dy, Buffer weight, Buffer dx, boolean accumulate,
                               ProductOperands operands) {
        long count = (long) rows * inputs;
        Buffer sums = floats(operands, "dx", dx, count);
        if (accumulate && sums != dx) {
            elementwise.cast(count, dx, sums);
        }
        blas.gemm(false, false, rows, inputs, outputs, 1, dy, outputs, weight, inputs, accumulate ? 1 : 0, sums, inputs);
        round(count, sums, dx);
    }

    // where sums in float32 go: a narrower result is rounded from there, once
    private static Buffer floats(ProductOperands operands, String name, Buffer result, long count) {
        return result.dtype() == DType.F32 ? result : operands.floats(name, count);
    }

    private void round(long count, Buffer sums, Buffer result) {
        if (sums != result) {
            elementwise.cast(count, sums, result);
        }
    }
}
