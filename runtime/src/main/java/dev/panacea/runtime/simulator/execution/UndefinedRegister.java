package dev.panacea.runtime.simulator.execution;

import java.util.Arrays;

/** A register that the program may read before it writes it. */
record UndefinedRegister(Bank bank, int slot) {

    void clear(Warp warp) {
        int from = slot * Warp.LANES;
        switch (bank) {
            case WORD -> Arrays.fill(warp.words, from, from + Warp.LANES, 0);
            case LONG -> Arrays.fill(warp.longs, from, from + Warp.LANES, 0);
            case PREDICATE -> warp.predicates[slot] = 0;
        }
    }
}
