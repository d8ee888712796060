package dev.panacea.runtime.cuda;

import java.util.List;

/** The parameters of a kernel as it declares them, each at its natural alignment, as in the parameter space of PTX. */
public final class KernelSignature {

    /** What a parameter is. */
    public enum Kind {
        INT(4), LONG(8), FLOAT(4), DOUBLE(8), POINTER(8);

        private final int bytes;

        Kind(int bytes) {
            this.bytes = bytes;
        }

        public int bytes() {
            return bytes;
        }
    }

    static final int MOST_ALIGNMENT = 16;

    private final List<Kind> kinds;
    private final int[] offsets;
    private final int bytes;

    private KernelSignature(List<Kind> kinds) {
        this.kinds = kinds;
        offsets = new int[kinds.size()];
        int end = 0;
        for (int i = 0; i < offsets.length; i++) {
            int size = kinds.get(i).bytes;
            offsets[i] = Math.ceilDiv(end, size) * size;
            end = offsets[i] + size;
        }
        bytes = end;
    }

    public static KernelSignature of(Kind... kinds) {
        return new KernelSignature(List.of(kinds));
    }

    public int count() {
        return kinds.size();
    }

    public Kind kind(int index) {
        return kinds.get(index);
    }

    /** Where argument {@code index} begins, in bytes. */
    public int offset(int index) {
        return offsets[index];
    }

    /** Bytes of all arguments together, gaps counted in. */
    public int bytes() {
        return bytes;
    }

    void check(int index, Kind kind) {
        if (kinds.get(index) != kind) {
            throw new IllegalArgumentException("argument " + index + " is " + kinds.get(index) + " and cannot take " + kind);
        }
    }

    @Override
    public String toString() {
        return kinds.toString();
    }
}
