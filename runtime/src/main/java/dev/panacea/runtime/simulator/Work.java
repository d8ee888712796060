package dev.panacea.runtime.simulator;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.lang.foreign.MemorySegment;

/** What is given to a stream, to be run at once or kept in a graph. */
sealed interface Work {

    /** Whether {@code other} may take its place in a graph that was made ready for this one. */
    boolean hasShapeOf(Work other);

    /** A launch, with its arguments' values copied. */
    record Launch(SimulatedFunction function, LaunchGeometry geometry, byte[] parameters) implements Work {
        @Override
        public boolean hasShapeOf(Work other) {
            return other instanceof Launch launch && launch.function.kernel() == function.kernel()
                && launch.geometry.cooperative() == geometry.cooperative();
        }
    }

    record CopyToDevice(long to, MemorySegment from) implements Work {
        @Override
        public boolean hasShapeOf(Work other) {
            return other instanceof CopyToDevice copy && copy.from.byteSize() == from.byteSize();
        }
    }

    record CopyToHost(MemorySegment to, long from) implements Work {
        @Override
        public boolean hasShapeOf(Work other) {
            return other instanceof CopyToHost copy && copy.to.byteSize() == to.byteSize();
        }
    }

    record CopyOnDevice(long to, long from, long bytes) implements Work {
        @Override
        public boolean hasShapeOf(Work other) {
            return other instanceof CopyOnDevice copy && copy.bytes == bytes;
        }
    }

    /** @param unit bytes of the value: 1 or 4 @param count of values */
    record Fill(long to, int value, int unit, long count) implements Work {
        @Override
        public boolean hasShapeOf(Work other) {
            return other instanceof Fill fill && fill.unit == unit && fill.count == count;
        }
    }
}
