package dev.panacea.kernels.svdlora;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostDevice;

final class HostSvdLoraLinear implements SvdLoraLinear {
    HostSvdLoraLinear(HostDevice device) { }

    @Override
    public void forward(Shape shape, Path path, Buffer x, Buffer weight, Buffer left, Buffer right, Buffer diagonal, Buffer preferenceOfRow, Buffer projected, Buffer y) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void backward(Shape shape, Buffer dy, Buffer x, Buffer weight, Buffer left, Buffer right, Buffer diagonal, Buffer preferenceOfRow, Buffer projected, Buffer dx, boolean accumulate, Buffer dLeft, Buffer dRight, Buffer dDiagonal) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void merge(int inputs, int outputs, int rank, Buffer weight, Buffer left, Buffer right, Buffer diagonal, Buffer merged) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void diagonal(int k, int m, int preferences, float multiplier, Buffer singular, Buffer scale, Buffer lambda, Buffer diagonal) {
        throw new IllegalStateException("unwritten");
    }

    @Override
    public void diagonalBackward(int k, int m, int preferences, float multiplier, Buffer lambda, Buffer dDiagonal, Buffer dSingular, Buffer dScale) {
        throw new IllegalStateException("unwritten");
    }
}
