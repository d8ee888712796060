package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.svdlora.SvdLoraGroup.Gradients;
import dev.panacea.kernels.svdlora.SvdLoraGroup.Member;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Path;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Calls of layers that share their input, together or a call for each, whose counters are of interest and whose results are not. */
record SvdLoraGroupExample(List<SvdLoraExample> layers) {

    static SvdLoraGroupExample of(int rows, int inputs, int rank, int... outputs) {
        return new SvdLoraGroupExample(Arrays.stream(outputs)
            .mapToObj(width -> new SvdLoraExample(new Shape(rows, inputs, width, rank, 1))).toList());
    }

    private Shape first() {
        return layers.getFirst().shape();
    }

    private long input() {
        return (long) first().rows() * first().inputs();
    }

    long flops() {
        return layers.stream().mapToLong(SvdLoraExample::flops).sum();
    }

    /** Bytes of a forward of each, but of one x. */
    long forwardBytes() {
        return layers.stream().mapToLong(SvdLoraExample::forwardBytes).sum() - 2 * (layers.size() - 1) * input();
    }

    /** Bytes of a backward of each, but of one x and one dx. */
    long backwardBytes() {
        return layers.stream().mapToLong(SvdLoraExample::backwardBytes).sum() - 4 * (layers.size() - 1) * input();
    }

    void forward(CudaDevice device) {
        try (MemoryScope scope = device.openScope("example")) {
            SvdLoraLinear.on(device).forward(Path.AUGMENTED, group(scope), layers.stream()
                .map(layer -> SvdLoraExample.filled(scope, DType.BF16, (long) first().rows() * layer.shape().outputs())).toList());
        }
    }

    void backward(CudaDevice device) {
        try (MemoryScope scope = device.openScope("example")) {
            List<Gradients> gradients = layers.stream().map(layer -> new Gradients(
                SvdLoraExample.filled(scope, DType.BF16, (long) first().rows() * layer.shape().outputs()), layer.left(scope, DType.F32),
                layer.right(scope, DType.F32), layer.diagonal(scope))).toList();
            SvdLoraLinear.on(device).backward(group(scope), gradients, SvdLoraExample.filled(scope, DType.BF16, input()), false);
        }
    }

    private SvdLoraGroup group(MemoryScope scope) {
        List<Member> members = layers.stream().map(layer -> {
            Shape shape = layer.shape();
            Buffer weight = SvdLoraExample.filled(scope, DType.BF16, (long) shape.outputs() * shape.inputs());
            return new Member(shape.outputs(), shape.rank(), weight, layer.left(scope, DType.BF16), layer.right(scope, DType.BF16),
                layer.diagonal(scope), SvdLoraExample.filled(scope, DType.F32, (long) shape.rows() * shape.rank()));
        }).toList();
        return new SvdLoraGroup(first().rows(), first().inputs(), 1, SvdLoraExample.filled(scope, DType.BF16, input()), null, members);
    }

    void apartForward(CudaDevice device) {
        layers.forEach(layer -> layer.forward(device));
    }

    /** All but the first add to dx. */
    void apartBackward(CudaDevice device) {
        layers.forEach(layer -> layer.backward(device, layer != layers.getFirst()));
    }

    void plainForward(CudaDevice device) {
        layers.forEach(layer -> layer.plainForward(device));
    }

    void plainBackward(CudaDevice device) {
        layers.forEach(layer -> layer.plainBackward(device, layer != layers.getFirst()));
    }

    /** Whether a kernel reads x or dy for its narrow products. */
    static boolean isPass(String kernel) {
        return kernel.startsWith("svdlora_project") || kernel.startsWith("svdlora_factor");
    }

    /** Everything beside the plain products, and the passes alone beside those of a call for each. */
    String report() {
        return beside("forward", this::forward, this::apartForward, this::plainForward)
            + beside("backward", this::backward, this::apartBackward, this::plainBackward);
    }

    private static String beside(String name, Consumer<CudaDevice> together, Consumer<CudaDevice> apart, Consumer<CudaDevice> plain) {
        SimulatedCost bare = SimulatedCost.of(plain);
        return SimulatedCost.of(apart).beside(bare, name + " apart over plain")
            + SimulatedCost.of(together).beside(bare, name + " together over plain")
            + SimulatedCost.of(together, SvdLoraGroupExample::isPass).beside(SimulatedCost.of(apart, SvdLoraGroupExample::isPass),
                name + " passes together over apart");
    }
}
