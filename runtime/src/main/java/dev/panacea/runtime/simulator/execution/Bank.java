package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.PtxType;

/** The files of a warp: up to 32 bits, 64 bits, predicates. */
enum Bank {
    WORD, LONG, PREDICATE;

    static Bank of(PtxType type) {
        return type == PtxType.PRED ? PREDICATE : type.bits() > Integer.SIZE ? LONG : WORD;
    }
}
