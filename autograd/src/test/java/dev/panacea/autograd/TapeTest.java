package dev.panacea.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.autograd.operations.Add;
import dev.panacea.autograd.operations.GatedActivation;
import dev.panacea.autograd.operations.LinearProjection;
import dev.panacea.autograd.operations.Norm;
import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TapeTest {
    private static final int WIDTH = 8;

    private final HostDevice device = new HostDevice(1);
    private final Kernels kernels = Kernels.on(device);
    private final MemoryScope scope = device.openScope("test");
    private final Tape tape = Tape.recording(kernels, scope);

    @AfterEach
    void close() {
        scope.close();
        device.close();
    }

    /** y = a + b hands one gradient to both; the next to touch it gets a copy of its own, so that the other keeps its value. */
    @Test
    void aSharedGradientIsCopiedBeforeItIsAddedTo() {
        Tensor a = result(1, 2);
        Tensor b = result(3, 4);
        Tensor twice = Add.apply(tape, a, a);
        Tensor sum = Add.apply(tape, a, b);
        tape.backward(Add.apply(tape, twice, sum), values(1, 10));
        assertArrayEquals(new float[] {3, 30}, gradient(a));
        assertArrayEquals(new float[] {1, 10}, gradient(b));
        assertNotSame(a.gradient(), b.gradient());
    }

    @Test
    void aResidualConnectionSharesOneGradientWithoutACopy() {
        Tensor a = result(1, 2);
        Tensor b = result(3, 4);
        tape.backward(Add.apply(tape, a, b), values(1, 10));
        assertSame(a.gradient(), b.gradient());
        assertArrayEquals(new float[] {1, 10}, gradient(a));
    }

    @Test
    void aParameterKeepsItsGradientAndIsAddedTo() {
        HostBuffer gradient = values(100, 200);
        Tensor parameter = Tensor.parameter(values(1, 2), gradient, 2);
        tape.backward(Add.apply(tape, parameter, parameter), values(1, 10));
        assertArrayEquals(new float[] {102, 220}, gradient.toFloats());
        assertSame(gradient, parameter.gradient());
    }

    @Test
    void whatIsNotOnTheWayToTheRootGetsNoGradient() {
        Tensor a = result(1, 2);
        Tensor aside = result(3, 4);
        Add.apply(tape, aside, aside);
        tape.backward(Add.apply(tape, a, a), values(1, 1));
        assertNull(aside.gradient());
    }

    @Test
    void constantsAloneRecordNothing() {
        Tensor constant = Tensor.constant(values(1, 2), 2);
        Tensor sum = Add.apply(tape, constant, constant);
        assertFalse(sum.differentiable());
        tape.backward(sum, values(1, 1));
        assertNull(constant.gradient());
        assertNull(sum.gradient());
    }

    @Test
    void aTapeWithoutGradientsMakesConstants() {
        Tape silent = Tape.withoutGradients(kernels, scope);
        Tensor parameter = Tensor.parameter(values(1, 2), values(0, 0), 2);
        assertFalse(Add.apply(silent, parameter, parameter).differentiable());
    }

    @Test
    void aShapeThatDoesNotFitItsBufferIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Tensor.constant(values(1, 2, 3), 2, 2));
    }

    @Test
    void aSegmentKeepsWhatBackwardsReadAndMakesTheCheapPartAgain() {
        Tensor x = tape.allocate("x", true, 5, WIDTH);
        HostBuffer.of(x.buffer()).copyFrom(normal(new Random(3), 5 * WIDTH));
        Tensor weight = parameter(scope, normal(new Random(4), 3 * WIDTH * WIDTH));
        long before = device.heldBytes();
        tape.segment("block", Recomputation.OFF, inner -> block(inner, x, weight));
        long off = device.heldBytes() - before;
        tape.segment("block", Recomputation.SELECTIVE, inner -> block(inner, x, weight));
        long selective = device.heldBytes() - before - off;
        tape.segment("block", Recomputation.FULL, inner -> block(inner, x, weight));
        long full = device.heldBytes() - before - off - selective;
        // the norm's weight, which the block uploads, and one inverse a row; then normed, gate, up, their product and the result
        long matrix = 5L * WIDTH * Float.BYTES;
        long small = (WIDTH + 5) * (long) Float.BYTES;
        assertEquals(5 * matrix + small, off);
        assertEquals(3 * matrix + small, selective);
        assertEquals(matrix, full);
    }

    @Test
    void whatNoBackwardReadsIsGoneAfterItsSegment() {
        Tensor a = result(1, 2);
        Tensor[] within = new Tensor[1];
        tape.segment("sums", Recomputation.OFF, inner -> {
            within[0] = Add.apply(inner, a, a);
            return Add.apply(inner, within[0], a);
        });
        assertTrue(assertThrows(IllegalStateException.class, within[0]::buffer).getMessage().contains("no backward was said to read"));
    }

    /** Blocks that share their input in the outer scope with each other: the same bits with and without keeping activations. */
    @Test
    void segmentsGiveTheSameBits() {
        Random random = new Random(7);
        float[] input = normal(random, 5 * WIDTH);
        List<float[]> weights = List.of(normal(random, 3 * WIDTH * WIDTH), normal(random, 3 * WIDTH * WIDTH));
        for (boolean trained : new boolean[] {true, false}) {
            List<float[]> kept = run(input, trained, weights, null);
            for (Recomputation recomputation : Recomputation.values()) {
                List<float[]> again = run(input, trained, weights, recomputation);
                for (int i = 0; i < kept.size(); i++) {
                    assertArrayEquals(kept.get(i), again.get(i), recomputation + ", array " + i);
                }
            }
        }
    }

    /** Output, the input's gradient where it has one, the gradients of the weights; null for no segments. */
    private List<float[]> run(float[] input, boolean differentiable, List<float[]> weights, Recomputation recomputation) {
        try (MemoryScope work = device.openScope("blocks")) {
            Tape own = Tape.recording(kernels, work);
            Tensor x = own.allocate("x", differentiable, 5, WIDTH);
            HostBuffer.of(x.buffer()).copyFrom(input);
            List<Tensor> trained = weights.stream().map(values -> parameter(work, values)).toList();
            Tensor stream = x;
            for (Tensor weight : trained) {
                Tensor before = stream;
                Tensor block = recomputation == null ? block(own, before, weight)
                    : own.segment("block", recomputation, inner -> block(inner, before, weight));
                stream = Add.apply(own, block, before);
            }
            List<float[]> found = new ArrayList<>(List.of(stream.toFloats()));
            own.backward(stream, GradientCheck.buffer(work, normal(new Random(8), 5 * WIDTH)));
            if (differentiable) {
                found.add(gradient(x));
            }
            trained.forEach(weight -> found.add(gradient(weight)));
            return found;
        }
    }

    private static Tensor parameter(MemoryScope scope, float[] values) {
        return Tensor.parameter(GradientCheck.buffer(scope, values), GradientCheck.buffer(scope, new float[values.length]),
            3 * WIDTH, WIDTH);
    }

    /** A gated feed-forward behind a norm, with a residual connection of its own. */
    private static Tensor block(Tape tape, Tensor x, Tensor weight) {
        float[] ones = {1, 1, 1, 1, 1, 1, 1, 1};
        Tensor normed = Norm.apply(tape, 1e-5f, x, Tensor.constant(GradientCheck.buffer(tape.scope(), ones), WIDTH));
        Tensor gate = LinearProjection.apply(tape, normed, rows(weight, 0));
        Tensor up = LinearProjection.apply(tape, normed, rows(weight, 1));
        return Add.apply(tape, x, LinearProjection.apply(tape, GatedActivation.apply(tape, gate, up), rows(weight, 2)));
    }

    private static Tensor rows(Tensor weight, int third) {
        long count = WIDTH * WIDTH;
        return Tensor.parameter(weight.buffer().slice(third * count, count), weight.gradient().slice(third * count, count), WIDTH, WIDTH);
    }

    @Test
    void tenThousandStepsHoldNoMoreMemoryThanThree() {
        float[] input = normal(new Random(1), 5 * WIDTH);
        List<float[]> weights = List.of(normal(new Random(2), 3 * WIDTH * WIDTH));
        long held = device.heldBytes();
        for (int warmUp = 0; warmUp < 2; warmUp++) {
            for (Recomputation recomputation : Recomputation.values()) {
                run(input, true, weights, recomputation);
            }
        }
        long reserved = device.reservedBytes();
        for (int step = 0; step < 10_000; step++) {
            run(input, true, weights, Recomputation.values()[step % 3]);
        }
        assertEquals(held, device.heldBytes());
        assertEquals(reserved, device.reservedBytes());
    }

    private Tensor result(float... values) {
        Tensor result = tape.allocate("result", true, values.length);
        HostBuffer.of(result.buffer()).copyFrom(values);
        return result;
    }

    private HostBuffer values(float... values) {
        return GradientCheck.buffer(scope, values);
    }

    private static float[] gradient(Tensor tensor) {
        Buffer gradient = tensor.gradient();
        return HostBuffer.of(gradient).toFloats();
    }

    private static float[] normal(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
