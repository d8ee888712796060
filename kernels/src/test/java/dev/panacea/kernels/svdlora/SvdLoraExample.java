package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.linear.Linear;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Path;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;

/** Calls of one adapted layer, and of the plain layer under it, whose counters are of interest and whose results are not. */
record SvdLoraExample(Shape shape) {

    static SvdLoraExample square(int rows, int width, int rank) {
        return new SvdLoraExample(new Shape(rows, width, width, rank, 1));
    }

    long flops() {
        return 2L * shape.rows() * shape.outputs() * (shape.inputs() + shape.rank());
    }

    /** Bytes of x, y, W0, U, V and x·V. */
    long forwardBytes() {
        return 2 * (inputs() + outputs() + weight() + factors()) + 4 * projected();
    }

    /** Bytes of x, dy, dx, W0, U, V, their gradients read and written, and x·V. */
    long backwardBytes() {
        return 2 * (2 * inputs() + outputs() + weight() + factors()) + 8 * factors() + 4 * projected();
    }

    private long inputs() {
        return (long) shape.rows() * shape.inputs();
    }

    private long outputs() {
        return (long) shape.rows() * shape.outputs();
    }

    private long weight() {
        return (long) shape.outputs() * shape.inputs();
    }

    private long factors() {
        return (long) (shape.outputs() + shape.inputs()) * shape.rank();
    }

    private long projected() {
        return (long) shape.rows() * shape.rank();
    }

    void forward(CudaDevice device) {
        try (MemoryScope scope = device.openScope("example")) {
            SvdLoraLinear.on(device).forward(shape, Path.AUGMENTED, filled(scope, DType.BF16, inputs()),
                filled(scope, DType.BF16, weight()), left(scope, DType.BF16), right(scope, DType.BF16), diagonal(scope), null,
                filled(scope, DType.F32, projected()), filled(scope, DType.BF16, outputs()));
        }
    }

    void backward(CudaDevice device) {
        backward(device, false);
    }

    void backward(CudaDevice device, boolean accumulate) {
        try (MemoryScope scope = device.openScope("example")) {
            SvdLoraLinear.on(device).backward(shape, filled(scope, DType.BF16, outputs()), filled(scope, DType.BF16, inputs()),
                filled(scope, DType.BF16, weight()), left(scope, DType.BF16), right(scope, DType.BF16), diagonal(scope), null,
                filled(scope, DType.F32, projected()), filled(scope, DType.BF16, inputs()), accumulate, left(scope, DType.F32),
                right(scope, DType.F32), diagonal(scope));
        }
    }

    void plainForward(CudaDevice device) {
        try (MemoryScope scope = device.openScope("example")) {
            Linear.on(device).forward(shape.rows(), shape.inputs(), shape.outputs(), filled(scope, DType.BF16, inputs()),
                filled(scope, DType.BF16, weight()), filled(scope, DType.BF16, outputs()));
        }
    }

    /** The gradient of x alone, as W0 is frozen. */
    void plainBackward(CudaDevice device) {
        plainBackward(device, false);
    }

    void plainBackward(CudaDevice device, boolean accumulate) {
        try (MemoryScope scope = device.openScope("example")) {
            Linear.on(device).backward(shape.rows(), shape.inputs(), shape.outputs(), filled(scope, DType.BF16, outputs()), null,
                filled(scope, DType.BF16, weight()), filled(scope, DType.BF16, inputs()), accumulate, null);
        }
    }

    /** Bytes of W0, read and written. */
    long roomBytes() {
        return 2 * 2 * weight();
    }

    void giveRoom(CudaDevice device) {
        WeightRoom room = WeightRoom.of(shape.inputs(), shape.outputs(), shape.rank());
        try (MemoryScope scope = device.openScope("example")) {
            room.fill(device, filled(scope, DType.BF16, weight()), scope.allocate("room", DType.BF16, room.elements()));
        }
    }

    Buffer left(MemoryScope scope, DType dtype) {
        return filled(scope, dtype, (long) shape.outputs() * shape.rank());
    }

    Buffer right(MemoryScope scope, DType dtype) {
        return filled(scope, dtype, (long) shape.inputs() * shape.rank());
    }

    Buffer diagonal(MemoryScope scope) {
        return filled(scope, DType.F32, shape.rank());
    }

    // 0.75 or so in either dtype
    static Buffer filled(MemoryScope scope, DType dtype, long count) {
        Buffer buffer = scope.allocate("argument", dtype, count);
        buffer.fill((byte) 0x3F);
        return buffer;
    }
}
