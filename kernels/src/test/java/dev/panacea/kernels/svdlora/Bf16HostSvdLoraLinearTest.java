package dev.panacea.kernels.svdlora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Path;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** BF16 activations beside F32 ones that hold the same numbers: the same bits, but for the one rounding of y and dx. */
class Bf16HostSvdLoraLinearTest {
    private static final Shape SHAPE = new Shape(131, 40, 33, 7, 1);

    private final HostDevice device = new HostDevice(2);
    private final MemoryScope scope = device.openScope("test");
    private final DeviceArrays arrays = new DeviceArrays(device, device, scope);
    private final SvdLoraLinear linear = SvdLoraLinear.on(device);
    private final Random random = new Random(71);
    private final float[] x = drawn(SHAPE.rows() * SHAPE.inputs());
    private final float[] left = drawn(SHAPE.outputs() * SHAPE.rank());
    private final float[] right = drawn(SHAPE.inputs() * SHAPE.rank());
    private final float[] dy = drawn(SHAPE.rows() * SHAPE.outputs());
    private final Buffer weight = arrays.of(DType.BF16, drawn(SHAPE.outputs() * SHAPE.inputs()));
    private final Buffer diagonal = arrays.of(DType.F32, Oracle.normal(random, SHAPE.rank()));
    private final Buffer projected = arrays.poisoned(DType.F32, SHAPE.rows() * SHAPE.rank());

    @AfterEach
    void closeWithoutLeaks() {
        scope.close();
        device.close();
    }

    /** Numbers that BF16 holds. */
    private float[] drawn(int count) {
        return DeviceArrays.rounded(device, DType.BF16, Oracle.normal(random, count));
    }

    private float[] forward(DType activations, Path path) {
        Buffer y = arrays.poisoned(activations, SHAPE.rows() * SHAPE.outputs());
        linear.forward(SHAPE, path, arrays.of(activations, x), weight, arrays.of(activations, left), arrays.of(activations, right),
            diagonal, null, projected, y);
        return arrays.floats(y);
    }

    @ParameterizedTest
    @EnumSource
    void resultsAreTheRoundedOnes(Path path) {
        float[] wide = forward(DType.F32, path);
        float[] projections = projected.toFloats();
        assertArrayEquals(DeviceArrays.rounded(device, DType.BF16, wide), forward(DType.BF16, path));
        assertArrayEquals(projections, projected.toFloats());
    }

    /** dx, dU, dV and dDiagonal; the factors' gradients are added to the factors. */
    private List<float[]> backward(DType activations, float[] before, boolean accumulate) {
        forward(activations, Path.UNMERGED);
        Buffer dx = arrays.of(activations, before);
        List<Buffer> sums = List.of(arrays.of(DType.F32, left), arrays.of(DType.F32, right), arrays.of(DType.F32, new float[SHAPE.rank()]));
        linear.backward(SHAPE, arrays.of(activations, dy), arrays.of(activations, x), weight, arrays.of(activations, left),
            arrays.of(activations, right), diagonal, null, projected, dx, accumulate, sums.get(0), sums.get(1), sums.get(2));
        return List.of(arrays.floats(dx), sums.get(0).toFloats(), sums.get(1).toFloats(), sums.get(2).toFloats());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gradientsAreThoseOfTheTwin(boolean accumulate) {
        float[] before = drawn(SHAPE.rows() * SHAPE.inputs());
        List<float[]> wide = backward(DType.F32, before, accumulate);
        List<float[]> narrow = backward(DType.BF16, before, accumulate);
        assertArrayEquals(DeviceArrays.rounded(device, DType.BF16, wide.getFirst()), narrow.getFirst());
        for (int i = 1; i < wide.size(); i++) {
            assertArrayEquals(wide.get(i), narrow.get(i));
        }
    }

    @Test
    void theMergedWeightIsTheSame() {
        Buffer fromWide = arrays.poisoned(DType.BF16, weight.count());
        Buffer fromNarrow = arrays.poisoned(DType.BF16, weight.count());
        linear.merge(SHAPE.inputs(), SHAPE.outputs(), SHAPE.rank(), weight, arrays.of(DType.F32, left), arrays.of(DType.F32, right),
            diagonal, fromWide);
        linear.merge(SHAPE.inputs(), SHAPE.outputs(), SHAPE.rank(), weight, arrays.of(DType.BF16, left), arrays.of(DType.BF16, right),
            diagonal, fromNarrow);
        assertArrayEquals(arrays.floats(fromWide), arrays.floats(fromNarrow));
    }

    @Test
    void floatFactorsBesideBf16ActivationsAreRefused() {
        Buffer y = arrays.poisoned(DType.BF16, SHAPE.rows() * SHAPE.outputs());
        assertThrows(IllegalArgumentException.class, () -> linear.forward(SHAPE, Path.UNMERGED, arrays.of(DType.BF16, x), weight,
            arrays.of(DType.F32, left), arrays.of(DType.BF16, right), diagonal, null, projected, y));
    }
}
