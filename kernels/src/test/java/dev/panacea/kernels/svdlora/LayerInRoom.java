package dev.panacea.kernels.svdlora;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;

/** A layer whose weight is given room first, in memory that holds nothing but NaN. */
record LayerInRoom(CudaDevice device, SvdLoraLinear linear) implements SvdLoraLinear {

    private interface Call {
        void with(Buffer weight);
    }

    private void inRoom(Shape shape, Buffer weight, Call call) {
        WeightRoom room = WeightRoom.of(shape.inputs(), shape.outputs(), shape.rank());
        try (MemoryScope scope = device.openScope("room")) {
            Buffer roomy = scope.allocate("W0 with room", DType.BF16, room.elements());
            roomy.fill((byte) 0xFF);
            room.fill(device, weight, roomy);
            call.with(roomy);
        }
    }

    @Override
    public Path usualPath() {
        return linear.usualPath();
    }

    @Override
    public void forward(Shape shape, Path path, Buffer x, Buffer weight, Buffer left, Buffer right, Buffer diagonal,
                        Buffer preferenceOfRow, Buffer projected, Buffer y) {
        inRoom(shape, weight, roomy -> linear.forward(shape, path, x, roomy, left, right, diagonal, preferenceOfRow, projected, y));
    }

    @Override
    public void backward(Shape shape, Buffer dy, Buffer x, Buffer weight, Buffer left, Buffer right, Buffer diagonal,
                         Buffer preferenceOfRow, Buffer projected, Buffer dx, boolean accumulate, Buffer dLeft, Buffer dRight,
                         Buffer dDiagonal) {
        inRoom(shape, weight, roomy -> linear.backward(shape, dy, x, roomy, left, right, diagonal, preferenceOfRow, projected, dx,
            accumulate, dLeft, dRight, dDiagonal));
    }

    @Override
    public void merge(int inputs, int outputs, int rank, Buffer weight, Buffer left, Buffer right, Buffer diagonal, Buffer merged) {
        inRoom(new Shape(1, inputs, outputs, rank, 1), weight,
            roomy -> linear.merge(inputs, outputs, rank, roomy, left, right, diagonal, merged));
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
