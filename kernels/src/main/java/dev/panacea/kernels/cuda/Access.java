package dev.panacea.kernels.cuda;

import dev.panacea.runtime.DType;
import dev.panacea.runtime.cuda.LaunchGeometry;

/** How wide a thread's accesses to memory are, with the ending of the kernels' names. */
public enum Access {
    /** 16 bytes where an array is the widest of a kernel; its address must be a multiple of that. */
    PACKS("packs"),
    /** One element, wherever it lies. */
    SINGLES("singles");

    private static final int PACK_BYTES = 16;
    private static final int THREADS = 256;

    private final String ending;

    Access(String ending) {
        this.ending = ending;
    }

    public String ending() {
        return ending;
    }

    /** Elements of 16 bytes. */
    public static int packOf(DType dtype) {
        return PACK_BYTES / dtype.bytes();
    }

    /** The widest that arrays at these addresses allow; 0 stands for one that is not given. */
    public static Access of(long... addresses) {
        long low = 0;
        for (long address : addresses) {
            low |= address;
        }
        return low % PACK_BYTES == 0 ? PACKS : SINGLES;
    }

    /** {@link #of} for rows of which threads take {@code pack} elements each, when that leaves nothing over. */
    public static Access ofRows(long columns, int pack, long... addresses) {
        return columns % pack == 0 ? of(addresses) : SINGLES;
    }

    /** Elements of a thread, which has {@code pack} of them when they are packs. */
    public int elements(int pack) {
        return this == PACKS ? pack : 1;
    }

    /** One thread for every so many of {@code count} elements, more than 0. */
    public LaunchGeometry over(long count, int pack) {
        return new LaunchGeometry(Math.toIntExact(Math.ceilDiv(count, (long) THREADS * elements(pack))), THREADS);
    }
}
