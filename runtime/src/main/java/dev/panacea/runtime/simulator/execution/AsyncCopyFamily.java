package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/** cp.async and its groups. What is copied lands where it is waited for, which shows a wait that is missing. */
final class AsyncCopyFamily {
    private AsyncCopyFamily() { }

    static void addTo(Map<String, InstructionSet.Decoder> table) {
        table.put("cp", AsyncCopyFamily::decode);
    }

    private static Operation decode(Translation t) {
        if (!t.has("async") || t.has("bulk") || t.has("mbarrier") || t.has("reduce")) {
            throw t.error("needs sm_90 hardware, and the simulated GPU is an sm_80");
        }
        if (t.has("commit_group")) {
            return new Commit();
        }
        if (t.has("wait_all")) {
            return new Await(0, true);
        }
        if (t.has("wait_group")) {
            return new Await(literal(t, 0), false);
        }
        return copy(t);
    }

    private static int literal(Translation t, int index) {
        if (t.operand(index) instanceof Operand.Immediate literal && literal.bits() >= 0) {
            return (int) Math.min(literal.bits(), Integer.MAX_VALUE);
        }
        throw t.error("needs a literal");
    }

    private static Operation copy(Translation t) {
        t.expectOperands(3, 5);
        int bytes = literal(t, 2);
        if (bytes != 16 && (t.has("cg") || bytes != 4 && bytes != 8)) {
            throw t.error("copies " + bytes + " bytes, which it cannot");
        }
        Addressing to = Addressing.of(t, t.operand(0), Space.SHARED);
        Addressing from = Addressing.of(t, t.operand(1), Space.GLOBAL);
        boolean policy = t.has("L2::cache_hint");
        boolean third = t.count() > (policy ? 4 : 3);
        boolean ignores = third && t.isPredicate(3);
        Source source = third && !ignores ? t.source(3, PtxType.U32) : t.literal(bytes, false);
        return new Copy(to, from, bytes, source, ignores ? t.predicate(t.operand(3)) : new PredicateSource(0, Warp.ALL));
    }

    private static final class Copy extends Operation {
        private final Addressing to;
        private final Addressing from;
        private final int bytes;
        private final Source sourceBytes;
        private final PredicateSource ignored;

        Copy(Addressing to, Addressing from, int bytes, Source sourceBytes, PredicateSource ignored) {
            this.to = to;
            this.from = from;
            this.bytes = bytes;
            this.sourceBytes = sourceBytes;
            this.ignored = ignored;
        }

        @Override
        void execute(Warp warp, int lanes) {
            long[] shared = to.resolve(warp, lanes).clone();
            long[] global = from.resolve(warp, lanes);
            int none = ignored.mask(warp);
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                int asked = (none >>> lane & 1) != 0 ? 0 : (int) sourceBytes.bits(warp, lane);
                warp.scratch[lane] = Math.clamp(asked, 0, bytes);
            }
            if (warp.observer != null) {
                warp.observer.asyncCopyStarted(site, warp.index, shared, global, lanes, bytes, warp.scratch);
            }
            warp.copies.start(bytes);
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                start(warp, Integer.numberOfTrailingZeros(rest), shared, global);
            }
        }

        private void start(Warp warp, int lane, long[] shared, long[] global) {
            int wanted = warp.scratch[lane];
            if (!warp.block.shared.holds(shared[lane], bytes)) {
                throw Spaces.outside(warp, lane, Space.SHARED, shared[lane], bytes);
            }
            if ((shared[lane] & bytes - 1) != 0) {
                throw Spaces.misaligned(warp, lane, Space.SHARED, shared[lane], bytes);
            }
            if ((global[lane] & bytes - 1) != 0) {
                throw Spaces.misaligned(warp, lane, Space.GLOBAL, global[lane], bytes);
            }
            MemorySegment source = wanted == 0 ? MemorySegment.NULL : Spaces.generic(warp, lane, global[lane], wanted);
            warp.copies.read(lane, shared[lane], source, 0, wanted);
        }
    }

    private static final class Commit extends Operation {
        @Override
        void execute(Warp warp, int lanes) {
            if (warp.observer != null) {
                warp.observer.asyncGroupCommitted(site, warp.index, lanes);
            }
            warp.copies.commit(lanes);
        }
    }

    private static final class Await extends Operation {
        private final int pending;
        private final boolean all;

        Await(int pending, boolean all) {
            this.pending = pending;
            this.all = all;
        }

        @Override
        void execute(Warp warp, int lanes) {
            if (warp.observer != null) {
                warp.observer.asyncGroupsAwaited(site, warp.index, lanes, pending, all);
            }
            warp.copies.land(warp.block.shared.segment, lanes, pending, all);
        }
    }
}
