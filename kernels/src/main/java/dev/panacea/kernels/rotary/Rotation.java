package dev.panacea.kernels.rotary;

import dev.panacea.kernels.vectors.Lanes;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * The turn of single rows; an angle is loaded once for all heads of a row.
 *
 * @param half half the head dimension
 * @param direction 1 to turn by the angle, -1 to turn back
 */
record Rotation(int heads, int half, float direction, MemorySegment x, MemorySegment cosines, MemorySegment sines, MemorySegment y) {

    /** Turns the row that begins at element {@code row} by the angles whose cosines and sines begin at element {@code angles}. */
    void turn(long row, long angles) {
        int i = 0;
        for (; i <= half - Lanes.COUNT; i += Lanes.COUNT) {
            turnAt(i, row, angles);
        }
        if (i < half) {
            turnAt(i, row, angles);
        }
    }

    /** Turns elements i.. and i + half.. of every head. */
    private void turnAt(int i, long row, long angles) {
        FloatVector cosine = Lanes.load(cosines, angles + i, angles + half);
        FloatVector sine = Lanes.load(sines, angles + i, angles + half).mul(direction);
        for (int head = 0; head < heads; head++) {
            long start = row + 2L * half * head;
            long middle = start + half;
            long end = middle + half;
            FloatVector low = Lanes.load(x, start + i, middle);
            FloatVector high = Lanes.load(x, middle + i, end);
            Lanes.store(low.mul(cosine).sub(high.mul(sine)), y, start + i, middle);
            Lanes.store(high.mul(cosine).add(low.mul(sine)), y, middle + i, end);
        }
    }
}
