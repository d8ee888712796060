package dev.panacea.runtime;

/** Is told of everything that is taken of a device's memory and given back; see {@link CudaDevice#observeMemory}. */
@FunctionalInterface
public interface MemoryObserver {

    /**
     * @param scope that holds it
     * @param name under which it was taken
     * @param bytes negative where they are given back
     */
    void changed(MemoryScope scope, String name, long bytes);
}
