package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.Locale;

/** shfl.sync: each lane reads a register of another. */
final class Shuffle extends WarpFamily.Masked {
    private static final int LANE = 31;

    private enum Mode { UP, DOWN, BFLY, IDX }

    private final Mode mode;
    private final int target;
    private final int valid;
    private final int value;
    private final Source distance;
    private final Source clamp;
    /** The lane that each lane reads, -1 for its own value, where literals say it; null where registers do. */
    private final int[] table;

    private Shuffle(Translation t, Mode mode) {
        super(t, 4);
        this.mode = mode;
        Operand first = t.operand(0);
        boolean pair = first instanceof Operand.Pair;
        target = t.wordTarget(pair ? ((Operand.Pair) first).first() : first);
        valid = pair ? t.predicateTarget(((Operand.Pair) first).second()) : ProgramBuilder.SINK_PREDICATE;
        value = t.word(1, PtxType.B32);
        distance = t.source(2, PtxType.U32);
        clamp = t.source(3, PtxType.U32);
        boolean literal = t.operand(2) instanceof Operand.Immediate && t.operand(3) instanceof Operand.Immediate;
        table = literal ? table((int) ((Operand.Immediate) t.operand(2)).bits(), (int) ((Operand.Immediate) t.operand(3)).bits()) : null;
    }

    static Operation decode(Translation t) {
        if (!t.has("sync")) {
            throw t.error("needs .sync, as all shuffles since sm_70");
        }
        t.expectOperands(5, 5);
        String mode = t.oneOf("", "up", "down", "bfly", "idx");
        if (mode.isEmpty()) {
            throw t.unknown();
        }
        return new Shuffle(t, Mode.valueOf(mode.toUpperCase(Locale.ROOT)));
    }

    private int[] table(int by, int control) {
        int[] sources = new int[Warp.LANES];
        for (int lane = 0; lane < Warp.LANES; lane++) {
            sources[lane] = source(lane, by, control);
        }
        return sources;
    }

    @Override
    void execute(Warp warp, int lanes) {
        int[] from = warp.scratch;
        int[] words = warp.words;
        System.arraycopy(words, value, from, 0, Warp.LANES);
        int inside = 0;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            int source = table != null ? table[lane] : source(lane, (int) distance.bits(warp, lane), (int) clamp.bits(warp, lane));
            inside |= source >= 0 ? 1 << lane : 0;
            words[target + lane] = from[source >= 0 ? source : lane];
        }
        warp.predicates[valid] = warp.predicates[valid] & ~lanes | inside;
    }

    /** The lane that {@code lane} reads; -1 where it keeps its own value. */
    private int source(int lane, int distanceBits, int control) {
        int by = distanceBits & LANE;
        int segment = control >>> 8 & LANE;
        int bound = lane & segment | control & LANE & ~segment;
        int source = switch (mode) {
            case UP -> lane - by;
            case DOWN -> lane + by;
            case BFLY -> lane ^ by;
            case IDX -> lane & segment | by & ~segment;
        };
        boolean within = mode == Mode.UP ? source >= bound : source <= bound;
        return within ? source : -1;
    }
}
