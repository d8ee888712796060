package dev.panacea.runtime.simulator.checks;

import java.util.Arrays;

/** The cp.async of one warp that nobody has waited for yet. Groups count per lane, as the instruction set has it. */
final class AsyncCopies {

    /** Is told of a copy whose bytes are there now. */
    interface Landing {
        void landed(int lane, int site, int address, int bytes);
    }

    private final int[] committed = new int[Lanes.WARP];
    private int count;
    private int[] lanes = new int[64];
    private int[] groups = new int[64];
    private int[] sites = new int[64];
    private int[] addresses = new int[64];
    private int[] sizes = new int[64];

    void started(int lane, int site, int address, int bytes) {
        if (count == lanes.length) {
            grow();
        }
        lanes[count] = lane;
        groups[count] = committed[lane];
        sites[count] = site;
        addresses[count] = address;
        sizes[count++] = bytes;
    }

    void committed(int mask) {
        for (int left = mask; left != 0; left = Lanes.rest(left)) {
            committed[Lanes.first(left)]++;
        }
    }

    /** All but the last {@code pending} groups of these lanes have landed, and what is in no group yet too if so said. */
    void awaited(int mask, int pending, boolean uncommittedToo, Landing landing) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            int lane = lanes[i];
            boolean done = uncommittedToo || groups[i] < committed[lane] - pending;
            if ((mask >>> lane & 1) != 0 && done) {
                landing.landed(lane, sites[i], addresses[i], sizes[i]);
            } else {
                keep(i, kept++);
            }
        }
        count = kept;
    }

    /** The instruction of a copy under way that touches these bytes, or -1. */
    int siteOf(int address, int bytes) {
        for (int i = 0; i < count; i++) {
            if (addresses[i] < address + bytes && address < addresses[i] + sizes[i]) {
                return sites[i];
            }
        }
        return -1;
    }

    private void keep(int from, int to) {
        lanes[to] = lanes[from];
        groups[to] = groups[from];
        sites[to] = sites[from];
        addresses[to] = addresses[from];
        sizes[to] = sizes[from];
    }

    private void grow() {
        int size = 2 * count;
        lanes = Arrays.copyOf(lanes, size);
        groups = Arrays.copyOf(groups, size);
        sites = Arrays.copyOf(sites, size);
        addresses = Arrays.copyOf(addresses, size);
        sizes = Arrays.copyOf(sizes, size);
    }
}
