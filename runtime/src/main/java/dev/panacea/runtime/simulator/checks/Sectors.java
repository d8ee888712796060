package dev.panacea.runtime.simulator.checks;

/** Counts the distinct 32-byte sectors that the lanes of one request touch. */
final class Sectors {
    static final int BYTES = 32;

    private final long[] seen = new long[4 * Lanes.WARP];
    private int count;

    void begin() {
        count = 0;
    }

    void add(long address, int bytes) {
        long last = (address + bytes - 1) / BYTES;
        for (long sector = address / BYTES; sector <= last; sector++) {
            // Lanes mostly touch what the lane before touched, or the next.
            if (count == 0 || seen[count - 1] != sector && isNew(sector)) {
                seen[count++] = sector;
            }
        }
    }

    private boolean isNew(long sector) {
        for (int i = count - 1; i >= 0; i--) {
            if (seen[i] == sector) {
                return false;
            }
        }
        return true;
    }

    int count() {
        return count;
    }
}
