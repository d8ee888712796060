package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.kernels.linear.ProductOperands;
import dev.panacea.kernels.paper.Idle;
import dev.panacea.kernels.svdlora.SvdLoraGroup.Gradients;
import dev.panacea.kernels.svdlora.SvdLoraGroup.Member;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import java.util.ArrayList;
import java.util.List;

/** {@link HostSvdLoraLinear} on paper: takes what it holds, by the same passes where they take it, and gives it back. */
final class PaperHostSvdLoraLinear implements SvdLoraLinear {
    private final Device memory;
    private final Elementwise elementwise = Idle.of(Elementwise.class);
    private final Blas blas = Idle.of(Blas.class);

    PaperHostSvdLoraLinear(Device memory) {
        this.memory = memory;
    }

    @Override
    public Path usualPath() {
        return Path.UNMERGED;
    }

    @Override
    public void forward(Path path, SvdLoraGroup group, List<Buffer> y) {
        try (var operands = operands(group.members().getFirst().weight())) {
            new HostForward(group, blas, operands);
            for (int i = 0; i < y.size(); i++) {
                Member member = group.members().get(i);
                new HostLayerForward(group, member, null, blas, operands, y.get(i));
                hold(path, group.shape(member), member, operands);
            }
        }
    }

    private void hold(Path path, Shape shape, Member member, ProductOperands operands) {
        switch (path) {
            case UNMERGED -> operands.round("U", (long) shape.outputs() * shape.rank(), member.left());
            case AUGMENTED -> {
                int inner = shape.inputs() + shape.rank();
                operands.room("[W0 | U]", (long) shape.outputs() * inner);
                operands.round("U", (long) shape.outputs() * shape.rank(), member.left());
                operands.room("[x | h]", (long) shape.rows() * inner);
            }
            case MERGED -> {
                Buffer merged = operands.room("merged W", (long) shape.outputs() * shape.inputs());
                merge(shape.inputs(), shape.outputs(), shape.rank(), member.weight(), member.left(), member.right(), member.diagonal(),
                    merged);
            }
        }
    }

    @Override
    public void backward(SvdLoraGroup group, List<Gradients> gradients, Buffer dx, boolean accumulate) {
        try (var operands = operands(group.members().getFirst().weight())) {
            List<Buffer> scaledGradients = new ArrayList<>();
            for (int i = 0; i < gradients.size(); i++) {
                Member member = group.members().get(i);
                scaledGradients.add(
                    new HostLayerBackward(group, member, null, blas, operands, gradients.get(i)).scaledGradient());
                operands.floats("dUᵀ", (long) member.rank() * member.outputs());
            }
            new HostBackward(group, operands, scaledGradients);
            operands.floats("dVᵀ", (long) group.ranks() * group.inputs());
        }
    }

    @Override
    public void merge(int inputs, int outputs, int rank, Buffer weight, Buffer left, Buffer right, Buffer diagonal, Buffer merged) {
        try (var operands = operands(weight)) {
            Buffer scaled = operands.floats("U ⊙ d", (long) outputs * rank);
            operands.round("U ⊙ d", (long) outputs * rank, scaled);
            operands.round("V", (long) inputs * rank, right);
            if (weight.dtype() != DType.F32) {
                operands.floats("merged W", (long) outputs * inputs);
            }
        }
    }

    private ProductOperands operands(Buffer weight) {
        return new ProductOperands(memory, elementwise, weight.dtype());
    }

    @Override
    public void diagonal(int k, int m, int preferences, float multiplier, Buffer singular, Buffer scale, Buffer lambda, Buffer diagonal) { }

    @Override
    public void diagonalBackward(int k, int m, int preferences, float multiplier, Buffer lambda, Buffer dDiagonal,
                                 Buffer dSingular, Buffer dScale) { }
}
