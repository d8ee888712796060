package dev.panacea.runtime.simulator.ptx;

import java.util.List;

/**
 * A variable in memory, or a parameter.
 *
 * @param bytes its size; 0 for {@code []}, whose size the launch gives
 * @param contents its first bytes; the rest are zero
 * @param references addresses to be written into it when the module is linked
 */
public record PtxVariable(Space space, String name, PtxType type, int alignment, long bytes, byte[] contents,
                          List<Reference> references, boolean external, int line) {

    /** A state space. */
    public enum Space { GLOBAL, CONST, SHARED, LOCAL, PARAM, REG }

    /** The address of {@code symbol} plus {@code addend}, as {@code bytes} bytes at {@code offset}. */
    public record Reference(int offset, int bytes, String symbol, long addend) { }
}
