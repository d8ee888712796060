package dev.panacea.preference;

/**
 * Random numbers as a pure function of (seed, step, index): the counter-based generator Philox4x32-10 of Salmon et al. 2011
 * with the seed as its key and (draw, index, step) as its counter. Logarithms are strict, so every machine draws the same bits.
 */
final class PhiloxRandom {

    private static final int ROUNDS = 10;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int KEY_STEP_0 = 0x9E3779B9;
    private static final int KEY_STEP_1 = 0xBB67AE85;

    private final int[] key;
    private final int index;
    private final long step;
    private int draw;

    PhiloxRandom(long seed, long step, int index) {
        this.key = new int[] {(int) seed, (int) (seed >>> 32)};
        this.index = index;
        this.step = step;
    }

    /** Uniform in (0, 1), never an end: 53 bits of one block, at the middle of their interval. */
    double uniform() {
        int[] block = block(new int[] {draw++, index, (int) step, (int) (step >>> 32)}, key);
        long bits = (block[0] & 0xFFFFFFFFL) << 21 | (block[1] & 0xFFFFFFFFL) >>> 11;
        return (bits + 0.5) * 0x1p-53;
    }

    /** Uniform among 0 … bound − 1. */
    int below(int bound) {
        return (int) (uniform() * bound);
    }

    /** Standard normal (Box–Muller, its first half). */
    double gaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(uniform()));
        return radius * StrictMath.cos(2 * Math.PI * uniform());
    }

    /** The logarithm of a Gamma(shape, 1) draw; the logarithm, because for small shapes the draw itself underflows. */
    double logGamma(double shape) {
        if (shape == 1) {
            return StrictMath.log(-StrictMath.log(uniform()));
        }
        // Gamma(a) is Gamma(a + 1) · U^(1/a), and the method below needs a ≥ 1.
        return shape < 1
            ? marsagliaTsang(shape + 1) + StrictMath.log(uniform()) / shape
            : marsagliaTsang(shape);
    }

    // Marsaglia and Tsang 2000: d·v with v = (1 + x/√(9d))³, x normal, accepted against its own density.
    private double marsagliaTsang(double shape) {
        double d = shape - 1.0 / 3;
        while (true) {
            double x = gaussian();
            double root = 1 + x / StrictMath.sqrt(9 * d);
            if (root <= 0) {
                continue;
            }
            double v = root * root * root;
            if (StrictMath.log(uniform()) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
                return StrictMath.log(d) + StrictMath.log(v);
            }
        }
    }

    /** One block of four 32-bit words for a counter of four and a key of two. */
    static int[] block(int[] counter, int[] key) {
        int[] c = counter.clone();
        int key0 = key[0];
        int key1 = key[1];
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = MULTIPLIER_0 * (c[0] & 0xFFFFFFFFL);
            long product1 = MULTIPLIER_1 * (c[2] & 0xFFFFFFFFL);
            c[0] = (int) (product1 >>> 32) ^ c[1] ^ key0;
            c[1] = (int) product1;
            c[2] = (int) (product0 >>> 32) ^ c[3] ^ key1;
            c[3] = (int) product0;
            key0 += KEY_STEP_0;
            key1 += KEY_STEP_1;
        }
        return c;
    }
}
