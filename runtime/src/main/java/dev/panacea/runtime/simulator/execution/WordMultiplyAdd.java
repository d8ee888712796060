package dev.panacea.runtime.simulator.execution;

/** mad.lo on 32-bit registers. */
final class WordMultiplyAdd extends Operation {
    private final int d;
    private final int a;
    private final int b;
    private final int c;

    WordMultiplyAdd(int d, int a, int b, int c) {
        this.d = d;
        this.a = a;
        this.b = b;
        this.c = c;
    }

    @Override
    void execute(Warp warp, int lanes) {
        int[] r = warp.words;
        for (int i = 0; i < Warp.LANES; i += Lanes.STEP) {
            Lanes.store(Lanes.load(r, a + i).mul(Lanes.load(r, b + i)).add(Lanes.load(r, c + i)), r, d, i, lanes);
        }
    }
}
