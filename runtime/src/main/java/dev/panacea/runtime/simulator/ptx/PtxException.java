package dev.panacea.runtime.simulator.ptx;

/** PTX text that is not well formed, or an instruction that the simulated GPU does not know. */
public final class PtxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;

    /** @param line in the text, from 1 */
    public PtxException(int line, String message) {
        super("line " + line + ": " + message);
        this.line = line;
    }

    public int line() {
        return line;
    }
}
