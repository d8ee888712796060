package dev.panacea.runtime.simulator.arithmetic;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The .approx functions that kernels use most, for a whole warp. Registers are an int array in which lane l of slot s is word
 * {@code s·32 + l}; {@code lanes} is the mask of those that run. Every lane gets the bits that {@link SpecialFunctions} gives.
 */
public final class SpecialFunctionLanes {
    private SpecialFunctionLanes() { }

    public static void ex2(int[] r, int d, int a, int lanes, boolean ftz) {
        for (int lane = 0; lane < Lanes.WARP; lane += Lanes.STEP) {
            FloatVector y = Lanes.narrow(Approximation.exp2(Lanes.widen(Lanes.load(r, a, lane))));
            Lanes.store(ftz ? Lanes.flush(y) : y, r, d, lane, lanes);
        }
    }

    public static void lg2(int[] r, int d, int a, int lanes, boolean ftz) {
        for (int lane = 0; lane < Lanes.WARP; lane += Lanes.STEP) {
            FloatVector x = Lanes.load(r, a, lane);
            FloatVector y = ftz ? Lanes.flush(x) : x;
            FloatVector log = Lanes.narrow(Approximation.log2(Lanes.widen(y)));
            VectorMask<Float> finite = y.compare(VectorOperators.GT, 0).and(y.compare(VectorOperators.LE, Float.MAX_VALUE));
            // √ has lg2's other special values: NaN below 0, infinity of infinity
            FloatVector other = y.sqrt().blend(Float.NEGATIVE_INFINITY, y.compare(VectorOperators.EQ, 0));
            Lanes.store(other.blend(log, finite), r, d, lane, lanes);
        }
    }

    public static void rcp(int[] r, int d, int a, int lanes, boolean ftz) {
        for (int lane = 0; lane < Lanes.WARP; lane += Lanes.STEP) {
            FloatVector x = Lanes.load(r, a, lane);
            FloatVector y = FloatVector.broadcast(Lanes.FLOATS, 1).div(ftz ? Lanes.flush(x) : x);
            Lanes.store(ftz ? Lanes.flush(y) : y, r, d, lane, lanes);
        }
    }

    public static void rsqrt(int[] r, int d, int a, int lanes, boolean ftz) {
        for (int lane = 0; lane < Lanes.WARP; lane += Lanes.STEP) {
            FloatVector x = Lanes.load(r, a, lane);
            DoubleVector root = Lanes.widen(ftz ? Lanes.flush(x) : x).sqrt();
            // no reciprocal root of a float is subnormal
            Lanes.store(Lanes.narrow(DoubleVector.broadcast(Lanes.DOUBLES, 1).div(root)), r, d, lane, lanes);
        }
    }
}
