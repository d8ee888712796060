package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.observation.Site;
import java.util.List;

/**
 * A kernel ready to run, with the functions that it calls behind it in the same code.
 *
 * @param ends for each instruction the end of the run of ordinary operations that begins with it; itself where it is a control operation
 * @param words registers of up to 32 bits that a warp needs, constants counted in
 * @param longs registers of 64 bits
 * @param predicates one-bit registers
 * @param allocated registers that lanes write to, 64-bit ones counted twice
 * @param undefined registers that may be read before they are written: zero at the beginning
 * @param frameBytes local memory of the kernel's own variables
 * @param localBytes of one thread
 * @param sharedBytes that the kernel declares
 * @param parameterBytes of the kernel's parameter space
 * @param ordered whether the order of blocks can show in the results
 */
record Program(String name, Operation[] code, int[] ends, int words, int longs, int predicates, int allocated, Constants constants,
               List<UndefinedRegister> undefined, int frameBytes, long localBytes, int sharedBytes, int parameterBytes, boolean ordered,
               List<Site> sites,
               int[] entries) {

    /** Sets what depends on the block, and what nothing sets. */
    void prepare(Warp warp) {
        constants.fillSpecials(warp);
        for (UndefinedRegister register : undefined) {
            register.clear(warp);
        }
    }
}
