package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Path;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * One layer's inputs, which bfloat16 holds exactly, run on any device. Gradients that are added to begin as {@code x}, {@code left},
 * {@code right} and {@code diagonal}.
 */
record Bf16SvdLoraProblem(HostDevice host, Shape shape, float[] x, float[] weight, float[] left, float[] right, float[] diagonal,
                          float[] dy, int[] preferenceOfRow) {

    /** What a backward leaves; dx is empty where none was asked for. */
    record Gradients(float[] dx, float[] dLeft, float[] dRight, float[] dDiagonal) { }

    record Forward(float[] projected, float[] y) { }

    private static Bf16SvdLoraProblem of(HostDevice host, Shape s, Random random, IntFunction<float[]> draw) {
        return new Bf16SvdLoraProblem(host, s, draw.apply(s.rows() * s.inputs()), draw.apply(s.outputs() * s.inputs()),
            draw.apply(s.outputs() * s.rank()), draw.apply(s.inputs() * s.rank()), draw.apply(s.preferences() * s.rank()),
            draw.apply(s.rows() * s.outputs()), random.ints(s.rows(), 0, s.preferences()).toArray());
    }

    /** -1, 0 and 1, so that all that is rounded is y and dx. */
    static Bf16SvdLoraProblem ofIntegers(HostDevice host, Shape shape) {
        Random random = new Random(shape.hashCode());
        return of(host, shape, random, count -> {
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = random.nextInt(3) - 1;
            }
            return values;
        });
    }

    static Bf16SvdLoraProblem ofNormals(HostDevice host, Shape shape) {
        Random random = new Random(shape.hashCode());
        return of(host, shape, random, count -> DeviceArrays.rounded(host, DType.BF16, Oracle.normal(random, count)));
    }

    /** Of x and dy every {@code each}-th element alone, the others 0: sums stay small. */
    Bf16SvdLoraProblem thinned(int each) {
        return new Bf16SvdLoraProblem(host, shape, thinned(each, x), weight, left, right, diagonal, thinned(each, dy), preferenceOfRow);
    }

    private static float[] thinned(int each, float[] values) {
        float[] thin = new float[values.length];
        for (int i = 0; i < values.length; i += each) {
            thin[i] = values[i];
        }
        return thin;
    }

    Bf16SvdLoraProblem withPreferences(int... preferences) {
        return new Bf16SvdLoraProblem(host, shape, x, weight, left, right, diagonal, dy, preferences);
    }

    /** The same layer with the input and preferences of another. */
    Bf16SvdLoraProblem readingWith(Bf16SvdLoraProblem other) {
        return new Bf16SvdLoraProblem(host, shape, other.x, weight, left, right, diagonal, dy, other.preferenceOfRow);
    }

    /** Arguments on one device. */
    private final class Call {
        private final DeviceArrays arrays;
        private final SvdLoraLinear linear;
        private final Buffer xs;
        private final Buffer weights;
        private final Buffer lefts;
        private final Buffer rights;
        private final Buffer diagonals;
        private final Buffer preferences;
        private final Buffer projected;

        Call(Device device, SvdLoraLinear linear, MemoryScope scope) {
            this.linear = linear;
            arrays = new DeviceArrays(device, host, scope);
            xs = arrays.of(DType.BF16, x);
            weights = arrays.of(DType.BF16, weight);
            lefts = arrays.of(DType.BF16, left);
            rights = arrays.of(DType.BF16, right);
            diagonals = arrays.of(DType.F32, diagonal);
            preferences = shape.preferences() == 1 ? null : arrays.of(preferenceOfRow);
            projected = arrays.poisoned(DType.F32, (long) shape.rows() * shape.rank());
        }

        Forward forward(Path path) {
            Buffer y = arrays.poisoned(DType.BF16, (long) shape.rows() * shape.outputs());
            linear.forward(shape, path, xs, weights, lefts, rights, diagonals, preferences, projected, y);
            return new Forward(projected.toFloats(), arrays.floats(y));
        }

        Gradients backward(Buffer dx, boolean accumulate) {
            Buffer dLeft = arrays.of(DType.F32, left);
            Buffer dRight = arrays.of(DType.F32, right);
            Buffer dDiagonal = arrays.of(DType.F32, diagonal);
            linear.backward(shape, arrays.of(DType.BF16, dy), xs, weights, lefts, rights, diagonals, preferences, projected, dx, accumulate,
                dLeft, dRight, dDiagonal);
            return new Gradients(dx == null ? new float[0] : arrays.floats(dx), dLeft.toFloats(), dRight.toFloats(), dDiagonal.toFloats());
        }
    }

    Forward forward(Device device, Path path) {
        return forward(device, SvdLoraLinear.on(device), path);
    }

    Forward forward(Device device, SvdLoraLinear linear, Path path) {
        try (MemoryScope scope = device.openScope("test")) {
            return new Call(device, linear, scope).forward(path);
        }
    }

    Gradients backward(Device device, boolean accumulate) {
        return backward(device, SvdLoraLinear.on(device), accumulate);
    }

    Gradients backward(Device device, SvdLoraLinear linear, boolean accumulate) {
        try (MemoryScope scope = device.openScope("test")) {
            Call call = new Call(device, linear, scope);
            call.forward(Path.AUGMENTED);
            Buffer dx = accumulate ? call.arrays.of(DType.BF16, x) : call.arrays.poisoned(DType.BF16, x.length);
            return call.backward(dx, accumulate);
        }
    }

    /** @param dx what is added to; null to overwrite */
    Gradients backwardOnto(Device device, float[] dx) {
        try (MemoryScope scope = device.openScope("test")) {
            Call call = new Call(device, SvdLoraLinear.on(device), scope);
            call.forward(Path.AUGMENTED);
            return call.backward(dx == null ? call.arrays.poisoned(DType.BF16, x.length) : call.arrays.of(DType.BF16, dx), dx != null);
        }
    }

    Gradients backwardWithoutInput(Device device) {
        try (MemoryScope scope = device.openScope("test")) {
            Call call = new Call(device, SvdLoraLinear.on(device), scope);
            call.forward(Path.AUGMENTED);
            return call.backward(null, false);
        }
    }

    float[] merged(Device device) {
        try (MemoryScope scope = device.openScope("test")) {
            Call call = new Call(device, SvdLoraLinear.on(device), scope);
            Buffer merged = call.arrays.poisoned(DType.BF16, weight.length);
            call.linear.merge(shape.inputs(), shape.outputs(), shape.rank(), call.weights, call.lefts, call.rights, call.diagonals, merged);
            return call.arrays.floats(merged);
        }
    }

    double[] exactProjected() {
        return oracle().projected(Oracle.doubles(x), Oracle.doubles(right));
    }

    double[] exactForward() {
        return oracle().forward(Oracle.doubles(x), Oracle.doubles(weight), Oracle.doubles(left), Oracle.doubles(right),
            Oracle.doubles(diagonal), preferenceOfRow);
    }

    /** dx, dU, dV and dDiagonal, each with what was there before. */
    double[][] exactBackward(boolean accumulate) {
        double[][] exact = oracle().backward(Oracle.doubles(dy), Oracle.doubles(x), Oracle.doubles(weight), Oracle.doubles(left),
            Oracle.doubles(right), Oracle.doubles(diagonal), preferenceOfRow);
        float[][] before = {accumulate ? x : new float[x.length], left, right, diagonal};
        for (int i = 0; i < exact.length; i++) {
            exact[i] = SvdLoraOracle.sum(exact[i], Oracle.doubles(before[i]));
        }
        return exact;
    }

    double[] exactMerged() {
        double[] scaled = new double[left.length];
        Arrays.setAll(scaled, i -> (double) left[i] * diagonal[i % shape.rank()]);
        return SvdLoraOracle.sum(Oracle.doubles(weight), SvdLoraOracle.product(shape.outputs(), shape.inputs(), shape.rank(), scaled, false,
            Oracle.doubles(right), true));
    }

    private SvdLoraOracle oracle() {
        return new SvdLoraOracle(shape);
    }
}
