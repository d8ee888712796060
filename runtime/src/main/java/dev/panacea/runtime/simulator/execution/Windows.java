package dev.panacea.runtime.simulator.execution;

/** Where the other state spaces appear among generic addresses. Global and constant memory have their own addresses there. */
final class Windows {
    static final long SIZE = 1L << 32;
    static final long SHARED = 1L << 40;
    static final long LOCAL = 2L << 40;
    static final long PARAMETER = 3L << 40;
    /** Addresses of functions. */
    static final long CODE = 4L << 40;
    static final long FUNCTION_STEP = 16;

    private Windows() { }

    static boolean shared(long address) {
        return address >= SHARED && address < SHARED + SIZE;
    }

    static boolean local(long address) {
        return address >= LOCAL && address < LOCAL + SIZE;
    }

    static boolean parameter(long address) {
        return address >= PARAMETER && address < PARAMETER + SIZE;
    }
}
