package dev.panacea.bench.device;

import dev.panacea.kernels.svdlora.SvdLoraLinear;
import java.util.ArrayList;
import java.util.List;

/** One adapted layer, in bfloat16, with one preference for all rows. */
record AdapterShape(int rows, int inputs, int outputs, int rank) {
    // q and o; k and v of 3.1-8B; gate and up, and down, of both
    private static final int[][] PROJECTIONS = {{4096, 4096}, {4096, 1024}, {4096, 11_008}, {11_008, 4096}, {4096, 14_336}, {14_336, 4096}};
    private static final int[] RANKS = {16, 66};
    private static final int[] DECODED_ROWS = {1, 16, 64, 256};

    /** What is timed. */
    enum Pass {
        FORWARD, BACKWARD, BOTH;

        boolean forward() {
            return this != BACKWARD;
        }

        boolean backward() {
            return this != FORWARD;
        }
    }

    /** One layer by one pass. */
    record Timing(AdapterShape shape, Pass pass) { }

    /** The projections of Llama-2-7B and Llama-3.1-8B: whole batches by every pass, then a few new tokens forward. */
    static List<Timing> all(int rows) {
        List<Timing> timings = new ArrayList<>();
        for (int rank : RANKS) {
            for (int[] projection : PROJECTIONS) {
                for (Pass pass : Pass.values()) {
                    timings.add(new Timing(new AdapterShape(rows, projection[0], projection[1], rank), pass));
                }
            }
        }
        for (int few : DECODED_ROWS) {
            for (int[] projection : PROJECTIONS) {
                timings.add(new Timing(new AdapterShape(few, projection[0], projection[1], RANKS[0]), Pass.FORWARD));
            }
        }
        return timings;
    }

    /** Operations of the plain products, which the adapter comes on top of. */
    double plainFlops(Pass pass) {
        return 2.0 * rows * inputs * outputs * (pass == Pass.BOTH ? 2 : 1);
    }

    /** Bytes of x that the forward reads once more for x·V, and of dy and x that the backward reads for dU and dV. */
    double narrowBytes(Pass pass) {
        double x = 2.0 * rows * inputs;
        double dy = 2.0 * rows * outputs;
        return (pass.forward() ? x : 0) + (pass.backward() ? dy + x : 0);
    }

    /**
     * The least that can be hoped for beside a plain product that takes {@code bareMilliseconds}: that product as deep as its operands
     * are with the adapter's beside them, and the reads of the narrow products at the rate of a copy.
     */
    double floorMilliseconds(Pass pass, double bareMilliseconds, double copyBytesAMillisecond) {
        double depth = pass == Pass.BACKWARD ? outputs : pass == Pass.FORWARD ? inputs : 2.0 * inputs * outputs / (inputs + outputs);
        return bareMilliseconds * (1 + rank / depth) + narrowBytes(pass) / copyBytesAMillisecond;
    }

    SvdLoraLinear.Shape shape() {
        return new SvdLoraLinear.Shape(rows, inputs, outputs, rank, 1);
    }
}
