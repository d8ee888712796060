package dev.panacea.runtime.simulator.observation;

/**
 * One instruction of a kernel.
 *
 * @param kernel its name
 * @param index its place among the kernel's instructions, from 0: dense, so that counters can be arrays
 * @param line in the PTX text, from 1
 * @param text as the PTX has it
 * @param type its class, for the counters
 */
public record Site(String kernel, int index, int line, String text, InstructionClass type) {
    @Override
    public String toString() {
        return kernel + " line " + line + ": " + text;
    }
}
