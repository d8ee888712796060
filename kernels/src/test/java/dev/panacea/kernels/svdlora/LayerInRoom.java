package dev.panacea.kernels.svdlora;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.List;

/** A layer whose weight is given room first, in memory that holds nothing but NaN. */
record LayerInRoom(CudaDevice device, SvdLoraLinear linear) implements SvdLoraLinear {

    private Buffer inRoom(MemoryScope scope, int inputs, int outputs, int rank, Buffer weight) {
        WeightRoom room = WeightRoom.of(inputs, outputs, rank);
        Buffer roomy = scope.allocate("W0 with room", DType.BF16, room.elements());
        roomy.fill((byte) 0xFF);
        room.fill(device, weight, roomy);
        return roomy;
    }

    private SvdLoraGroup inRoom(MemoryScope scope, SvdLoraGroup group) {
        return new SvdLoraGroup(group.rows(), group.inputs(), group.preferences(), group.x(), group.preferenceOfRow(),
            group.members().stream().map(one -> new SvdLoraGroup.Member(one.outputs(), one.rank(),
                inRoom(scope, group.inputs(), one.outputs(), one.rank(), one.weight()), one.left(), one.right(), one.diagonal(),
                one.projected())).toList());
    }

    @Override
    public Path usualPath() {
        return linear.usualPath();
    }

    @Override
    public void forward(Path path, SvdLoraGroup group, List<Buffer> y) {
        try (MemoryScope scope = device.openScope("room")) {
            linear.forward(path, inRoom(scope, group), y);
        }
    }

    @Override
    public void backward(SvdLoraGroup group, List<SvdLoraGroup.Gradients> gradients, Buffer dx, boolean accumulate) {
        try (MemoryScope scope = device.openScope("room")) {
            linear.backward(inRoom(scope, group), gradients, dx, accumulate);
        }
    }

    @Override
    public void merge(int inputs, int outputs, int rank, Buffer weight, Buffer left, Buffer right, Buffer diagonal, Buffer merged) {
        try (MemoryScope scope = device.openScope("room")) {
            linear.merge(inputs, outputs, rank, inRoom(scope, inputs, outputs, rank, weight), left, right, diagonal, merged);
        }
    }

    @Override
    public void diagonal(int k, int m, int preferences, float multiplier, Buffer singular, Buffer scale, Buffer lambda, Buffer diagonal) {
        linear.diagonal(k, m, preferences, multiplier, singular, scale, lambda, diagonal);
    }

    @Override
    public void diagonalBackward(int k, int m, int preferences, float multiplier, Buffer lambda, Buffer dDiagonal, Buffer dSingular,
                                 Buffer dScale) {
        linear.diagonalBackward(k, m, preferences, multiplier, lambda, dDiagonal, dSingular, dScale);
    }
}
