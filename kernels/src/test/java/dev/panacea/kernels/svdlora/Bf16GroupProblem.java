package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.svdlora.Bf16SvdLoraProblem.Forward;
import dev.panacea.kernels.svdlora.Bf16SvdLoraProblem.Gradients;
import dev.panacea.kernels.svdlora.SvdLoraGroup.Member;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Path;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** Layers that read one x, run in one call or in a call for each. Gradients begin as in {@link Bf16SvdLoraProblem}. */
record Bf16GroupProblem(HostDevice host, List<Bf16SvdLoraProblem> layers) {

    /** Of a group's layers. */
    record Extent(int outputs, int rank) { }

    /** One dx of all layers, and of each the rest, without a dx of its own. */
    record Backward(float[] dx, List<Gradients> layers) { }

    static Bf16GroupProblem of(HostDevice host, int rows, int inputs, int preferences, List<Extent> extents,
                               BiFunction<HostDevice, Shape, Bf16SvdLoraProblem> draw) {
        List<Bf16SvdLoraProblem> layers = new ArrayList<>();
        for (Extent extent : extents) {
            var layer = draw.apply(host, new Shape(rows, inputs, extent.outputs, extent.rank, preferences));
            layers.add(layers.isEmpty() ? layer : layer.readingWith(layers.getFirst()));
        }
        return new Bf16GroupProblem(host, layers);
    }

    private Bf16SvdLoraProblem first() {
        return layers.getFirst();
    }

    /** Arguments on one device. */
    private final class Call {
        private final DeviceArrays arrays;
        private final SvdLoraLinear linear;
        private final SvdLoraGroup group;
        private final List<Buffer> y = new ArrayList<>();

        Call(Device device, MemoryScope scope) {
            linear = SvdLoraLinear.on(device);
            arrays = new DeviceArrays(device, host, scope);
            List<Member> members = new ArrayList<>();
            for (Bf16SvdLoraProblem layer : layers) {
                Shape shape = layer.shape();
                members.add(new Member(shape.outputs(), shape.rank(), arrays.of(DType.BF16, layer.weight()),
                    arrays.of(DType.BF16, layer.left()), arrays.of(DType.BF16, layer.right()), arrays.of(DType.F32, layer.diagonal()),
                    arrays.poisoned(DType.F32, (long) shape.rows() * shape.rank())));
                y.add(arrays.poisoned(DType.BF16, (long) shape.rows() * shape.outputs()));
            }
            Shape shape = first().shape();
            group = new SvdLoraGroup(shape.rows(), shape.inputs(), shape.preferences(), arrays.of(DType.BF16, first().x()),
                shape.preferences() == 1 ? null : arrays.of(first().preferenceOfRow()), members);
        }

        List<Forward> forward(Path path) {
            linear.forward(path, group, y);
            List<Forward> results = new ArrayList<>();
            for (int i = 0; i < y.size(); i++) {
                results.add(new Forward(group.members().get(i).projected().toFloats(), arrays.floats(y.get(i))));
            }
            return results;
        }

        Backward backward(Buffer dx, boolean accumulate) {
            List<SvdLoraGroup.Gradients> gradients = layers.stream().map(layer -> new SvdLoraGroup.Gradients(
                arrays.of(DType.BF16, layer.dy()), arrays.of(DType.F32, layer.left()), arrays.of(DType.F32, layer.right()),
                arrays.of(DType.F32, layer.diagonal()))).toList();
            linear.backward(group, gradients, dx, accumulate);
            return new Backward(dx == null ? new float[0] : arrays.floats(dx), gradients.stream().map(one -> new Gradients(new float[0],
                one.left().toFloats(), one.right().toFloats(), one.diagonal().toFloats())).toList());
        }
    }

    List<Forward> forward(Device device, Path path) {
        try (MemoryScope scope = device.openScope("test")) {
            return new Call(device, scope).forward(path);
        }
    }

    /** dx is left out unless {@code withInput}. */
    Backward backward(Device device, boolean withInput, boolean accumulate) {
        try (MemoryScope scope = device.openScope("test")) {
            Call call = new Call(device, scope);
            call.forward(Path.AUGMENTED);
            Buffer dx = accumulate ? call.arrays.of(DType.BF16, first().x()) : call.arrays.poisoned(DType.BF16, first().x().length);
            return call.backward(withInput ? dx : null, accumulate);
        }
    }

    List<Forward> apartForward(Device device, Path path) {
        return layers.stream().map(layer -> layer.forward(device, path)).toList();
    }

    /** By a call for each layer, from the last to the first, all but the first of which add to dx. */
    Backward apartBackward(Device device, boolean accumulate) {
        List<Gradients> results = new ArrayList<>();
        float[] dx = accumulate ? first().x() : null;
        for (Bf16SvdLoraProblem layer : layers.reversed()) {
            Gradients gradients = layer.backwardOnto(device, dx);
            dx = gradients.dx();
            results.addFirst(new Gradients(new float[0], gradients.dLeft(), gradients.dRight(), gradients.dDiagonal()));
        }
        return new Backward(dx, results);
    }

    /** dx of all layers, with what was there before. */
    double[] exactInputGradient(boolean accumulate) {
        double[] sum = layers.getFirst().exactBackward(accumulate)[0];
        for (Bf16SvdLoraProblem layer : layers.subList(1, layers.size())) {
            sum = SvdLoraOracle.sum(sum, layer.exactBackward(false)[0]);
        }
        return sum;
    }
}
