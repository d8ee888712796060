package dev.panacea.runtime.simulator.execution;

import java.util.SplittableRandom;

/** In which order the warps of a block take turns, and for how long: in rotation, or at random from a seed. */
public interface Schedule {

    /** Begins a block: the same block gets the same order again. */
    void begin(int block);

    /** The warp that comes first in a round over {@code warps}. */
    int first(int warps);

    /** Instructions of the next turn. */
    int slice();

    /** Warp 0 first in every round, {@code slice} instructions a turn. */
    static Schedule rotating(int slice) {
        return new Schedule() {
            @Override
            public void begin(int block) { }

            @Override
            public int first(int warps) {
                return 0;
            }

            @Override
            public int slice() {
                return slice;
            }
        };
    }

    /** A random warp first in every round, and turns of random length, mostly short. */
    static Schedule random(long seed, int most) {
        return new Schedule() {
            private SplittableRandom random = new SplittableRandom(seed);

            @Override
            public void begin(int block) {
                random = new SplittableRandom(seed ^ block * 0x9E3779B97F4A7C15L);
            }

            @Override
            public int first(int warps) {
                return random.nextInt(warps);
            }

            @Override
            public int slice() {
                return random.nextInt(4) == 0 ? 1 + random.nextInt(most) : 1 + random.nextInt(Math.min(most, 16));
            }
        };
    }
}
