package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.kernels.linear.ProductOperands;
import dev.panacea.kernels.svdlora.SvdLoraGroup.Gradients;
import dev.panacea.kernels.svdlora.SvdLoraGroup.Member;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import java.util.ArrayList;
import java.util.List;
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

    /** One layer's product of a block of x, once its x·V is there. */
    @FunctionalInterface
    private interface BlockProduct {
        void run(RowBlock block, Buffer input);
    }

    @Override
    public void forward(Path path, SvdLoraGroup group, List<Buffer> y) {
        if (path == Path.MERGED && group.preferences() != 1) {
            throw new IllegalArgumentException("one merged weight serves one preference, not " + group.preferences());
        }
        group.checkOneEach("y", y);
        try (var operands = new ProductOperands(device, elementwise, precision(group))) {
            var pass = new HostForward(group, device.blas(), operands);
            List<BlockProduct> products = new ArrayList<>();
            for (int i = 0; i < y.size(); i++) {
                products.add(product(path, group, group.members().get(i), operands, y.get(i)));
            }
            pass.putRightsSideBySide();
            forEachBlock(group.rows(), block -> {
                Buffer input = pass.project(block);
                products.forEach(product -> product.run(block, input));
            });
        }
    }

    private static DType precision(SvdLoraGroup group) {
        List<DType> dtypes = group.members().stream().map(member -> member.weight().dtype()).distinct().toList();
        if (dtypes.size() > 1) {
            throw new IllegalArgumentException("all W0 of a group must have one dtype, not " + dtypes);
        }
        return dtypes.getFirst();
    }

    private BlockProduct product(Path path, SvdLoraGroup group, Member member, ProductOperands operands, Buffer y) {
        Shape shape = group.shape(member);
        var layer = new HostLayerForward(group, member, RowDiagonals.of(group, member), device.blas(), operands, y);
        return switch (path) {
            case UNMERGED -> {
                Buffer u = operands.round("U", (long) shape.outputs() * shape.rank(), member.left());
                yield (block, input) -> layer.unmerged(block, input, member.weight(), u);
            }
            case AUGMENTED -> {
                Buffer both = augmentedWeight(shape, operands, member.weight(), member.left());
                Buffer joined = operands.room("[x | h]", (long) shape.rows() * (shape.inputs() + shape.rank()));
                yield (block, input) -> layer.augmented(block, input, both, joined);
            }
            case MERGED -> {
                Buffer merged = operands.room("merged W", (long) shape.outputs() * shape.inputs());
                merge(shape.inputs(), shape.outputs(), shape.rank(), member.weight(), member.left(), member.right(), member.diagonal(),
                    merged);
                yield (block, input) -> layer.product(block, input, merged);
            }
        };
    }

    // [W0 | U] (outputs, inputs + rank)
    private static Buffer augmentedWeight(Shape shape, ProductOperands operands, Buffer weight, Buffer left) {
        int inner = shape.inputs() + shape.rank();
        Buffer both = operands.room("[W0 | U]", (long) shape.outputs() * inner);
        Buffer u = operands.round("U", (long) shape.outputs() * shape.rank(), left);
        RowBlock lines = new RowBlock(0, shape.outputs());
        HostForward.paste(lines, shape.inputs(), weight, 0, inner, both);
        HostForward.paste(lines, shape.rank(), u, shape.inputs(), inner, both);
        return both;
    }

    @Override
    public void backward(SvdLoraGroup group, List<Gradients> gradients, Buffer dx, boolean accumulate) {
        group.checkOneEach("gradients", gradients);
        try (var operands = new ProductOperands(device, elementwise, precision(group))) {
            List<HostLayerBackward> layers = new ArrayList<>();
            for (int i = 0; i < gradients.size(); i++) {
                Member member = group.members().get(i);
                layers.add(new HostLayerBackward(group, member, RowDiagonals.of(group, member), device.blas(), operands, gradients.get(i)));
            }
            var pass = new HostBackward(group, operands, layers.stream().map(HostLayerBackward::scaledGradient).toList());
            forEachBlock(group.rows(), block -> {
                layers.forEach(layer -> layer.narrow(block));
                pass.join(block);
                if (dx != null) {
                    input(layers, block, dx, accumulate);
                }
            });
            var factors = new HostFactorGradient(device, operands, group.rows());
            for (HostLayerBackward layer : layers) {
                layer.left(factors);
                device.workers().forEach(layer.diagonalGroups(), layer::diagonal);
            }
            pass.right(factors, gradients);
        }
    }

    private static void input(List<HostLayerBackward> layers, RowBlock block, Buffer dx, boolean accumulate) {
        boolean adds = accumulate;
        for (HostLayerBackward layer : layers.reversed()) {
            layer.input(block, dx, adds);
            adds = true;
        }
    }

    private void forEachBlock(int rows, Consumer<RowBlock> body) {
        device.workers().forEach(RowBlock.blocks(rows), index -> body.accept(RowBlock.of(index, rows)));
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
