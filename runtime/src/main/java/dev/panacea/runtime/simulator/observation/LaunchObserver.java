package dev.panacea.runtime.simulator.observation;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.List;

/** Watches launches of the simulated GPU and what happens to its memory. Blocks may run on several threads, each with its own observer. */
public interface LaunchObserver {

    /** Device memory appeared, contents arbitrary. */
    void allocated(long address, long bytes);

    void freed(long address, long bytes);

    /** A copy or fill wrote device memory. */
    void written(long address, long bytes);

    /** @param sites every instruction of the kernel, by {@link Site#index()} */
    void launched(String kernel, LaunchGeometry geometry, int sharedBytes, List<Site> sites);

    /** @param block linear index in the grid, x fastest */
    BlockObserver openBlock(int block);

    /** All blocks are done, or the launch failed. */
    void completed();
}
