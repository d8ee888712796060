package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.kernels.linear.ProductOperands;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import java.util.function.Consumer;

/** {@link SvdLoraLinear} on the CPU with F32 activations. */
final class HostSvdLoraLinear implements SvdLoraLinear {
    private final HostDevice device;
    private final Elementwise elementwise;

    HostSvdLoraLinear(HostDevice device) {
        this.device = device;
        this.elementwise = Elementwise.on(device);
    }

    @Override
    public Path usualPath() {
        return Path.UNMERGED;
    }

    @Override
    public void forward(Shape shape, Path path, Buffer x, Buffer weight, Buffer left, Buffer right, Buffer diagonal,
                        Buffer preferenceOfRow, Buffer projected, Buffer y) {
        if (path == Path.MERGED && shape.preferences() != 1) {
            throw new IllegalArgumentException("one merged weight serves one preference, not " + shape.preferences());
        }
        var diagonals = new RowDiagonals(shape.rank(), shape.preferences(), diagonal, preferenceOfRow);
        try (var operands = new ProductOperands(device, elementwise, weight.dtype())) {
            var pass = new HostForward(shape, device.blas(), operands, diagonals, x, right, projected, y);
            switch (path) {
                case UNMERGED -> {
                    Buffer u = operands.round("U", (long) shape.outputs() * shape.rank(), left);
                    forEachBlock(shape, block -> pass.unmerged(block, weight, u));
                }
                case AUGMENTED -> {
                    Buffer both = augmentedWeight(shape, operands, weight, left);
                    Buffer joined = operands.room("[x | h]", (long) shape.rows() * (shape.inputs() + shape.rank()));
                    forEachBlock(shape, block -> pass.augmented(block, both, joined));
                }
                case MERGED -> {
                    Buffer merged = operands.room("merged W", (long) shape.outputs() * shape.inputs());
                    merge(shape.inputs(), shape.outputs(), shape.rank(), weight, left, right, diagonal, merged);
                    forEachBlock(shape, block -> pass.merged(block, merged));
                }
            }
        }
    }

    // [W0 | U] (outputs, inputs + rank)
    private static Buffer augmentedWeight(Shape shape, ProductOperands operands, Buffer weight, Buffer left) {
        int inner = shape.inputs() + shape.rank();
        Buffer both = operands.room("[W0 | U]", (long) shape.outputs() * inner);
        Buffer u = operands.round("U", (long) shape.outputs() * shape.rank(), left);
        HostForward.paste(shape.outputs(), shape.inputs(), weight, 0, inner, both);
        HostForward.paste(shape.outputs(), shape.rank(), u, shape.inputs(), inner, both);
        return both;
    }

    @Override
    public void backward(Shape shape, Buffer dy, Buffer x, Buffer weight, Buffer left, Buffer right, Buffer diagonal,
                         Buffer preferenceOfRow, Buffer projected, Buffer dx, boolean accumulate, Buffer dLeft, Buffer dRight,
                         Buffer dDiagonal) {
        var diagonals = new RowDiagonals(shape.rank(), shape.preferences(), diagonal, preferenceOfRow);
        try (var operands = new ProductOperands(device, elementwise, weight.dtype())) {
            var pass = new HostBackward(shape, device.blas(), operands, diagonals, dy, x, projected);
            Buffer u = operands.round("U", (long) shape.outputs() * shape.rank(), left);
            Buffer v = operands.round("V", (long) shape.inputs() * shape.rank(), right);
            forEachBlock(shape, block -> {
                pass.narrow(block, u);
                if (dx != null) {
                    pass.input(block, weight, v, dx, accumulate);
                }
            });
            pass.left(device.workers(), dLeft);
            pass.right(device.workers(), dRight);
            device.workers().forEach(Math.ceilDiv(shape.rank(), RowDiagonals.lanes()), group -> pass.diagonal(group, dDiagonal));
        }
    }

    private void forEachBlock(Shape shape, Consumer<RowBlock> body) {
        device.workers().forEach(RowBlock.blocks(shape.rows()), index -> body.accept(RowBlock.of(index, shape.rows())));
    }

    @Override
    public void merge(int inputs, int outputs, int rank, Buffer weight, Buffer left, Buffer right, Buffer diagonal, Buffer merged) {
        long count = (long) outputs * inputs;
        try (var operands = new ProductOperands(device, elementwise, weight.dtype())) {
            Buffer scaled = operands.floats("U ⊙ d", (long) outputs * rank);
            elementwise.cast((long) outputs * rank, left, scaled);
            new RowDiagonals(rank, 1, diagonal, null).scale(0, outputs, scaled, scaled);
            Buffer u = operands.round("U ⊙ d", (long) outputs * rank, scaled);
            Buffer v = operands.round("V", (long) inputs * rank, right);
            Buffer sum = weight.dtype() == DType.F32 ? merged : operands.floats("merged W", count);
            elementwise.cast(count, weight, sum);
            device.blas().gemm(false, true, outputs, inputs, rank, 1, u, rank, v, rank, 1, sum, inputs);
            operands.roundInto(count, sum, merged);
        }
    }

    @Override
    public void diagonal(int k, int m, int preferences, float multiplier, Buffer singular, Buffer scale, Buffer lambda, Buffer diagonal) {
        HostBuffer sigma = HostBuffer.of(singular);
        HostBuffer lambdas = HostBuffer.of(lambda);
        HostBuffer d = HostBuffer.of(diagonal);
        float s = m == 0 ? 0 : HostBuffer.of(scale).getFloat(0);
        for (int p = 0; p < preferences; p++) {
            for (int j = 0; j < k; j++) {
                d.setFloat((long) p * (k + m) + j, multiplier * sigma.getFloat(j));
            }
            for (int i = 0; i < m; i++) {
                d.setFloat((long) p * (k + m) + k + i, multiplier * (s * lambdas.getFloat((long) p * m + i)));
            }
        }
    }

    @Override
    public void diagonalBackward(int k, int m, int preferences, float multiplier, Buffer lambda, Buffer dDiagonal,
                                 Buffer dSingular, Buffer dScale) {
        HostBuffer lambdas = HostBuffer.of(lambda);
        HostBuffer gradient = HostBuffer.of(dDiagonal);
        for (int j = 0; j < k; j++) {
            double sum = 0;
            for (int p = 0; p < preferences; p++) {
                sum += gradient.getFloat((long) p * (k + m) + j);
            }
            add(HostBuffer.of(dSingular), j, multiplier * sum);
        }
        if (m > 0) {
            scaleBackward(k, m, preferences, multiplier, lambdas, gradient, HostBuffer.of(dScale));
        }
    }

    private static void scaleBackward(int k, int m, int preferences, float multiplier, HostBuffer lambdas, HostBuffer gradient,
                                      HostBuffer dScale) {
        double sum = 0;
        for (int p = 0; p < preferences; p++) {
            for (int i = 0; i < m; i++) {
                sum += lambdas.getFloat((long) p * m + i) * (double) gradient.getFloat((long) p * (k + m) + k + i);
            }
        }
        add(dScale, 0, multiplier * sum);
    }

    private static void add(HostBuffer buffer, long index, double value) {
        buffer.setFloat(index, (float) (buffer.getFloat(index) + value));
    }
}
