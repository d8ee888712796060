package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.Map;

/** bar, barrier, membar, fence and nanosleep. */
final class BarrierFamily {
    private BarrierFamily() { }

    static void addTo(Map<String, InstructionSet.Decoder> table) {
        table.put("bar", t -> t.has("warp") ? WarpFamily.warpBarrier(t) : barrier(t));
        table.put("barrier", BarrierFamily::barrier);
        table.put("membar", t -> new Fence());
        table.put("fence", BarrierFamily::fence);
        table.put("nanosleep", t -> new Yield());
    }

    private static Operation barrier(Translation t) {
        if (t.has("cluster")) {
            throw t.error("needs clusters, which the simulated GPU, an sm_80, does not have");
        }
        if (t.has("red")) {
            return reduction(t);
        }
        if (!t.has("sync") && !t.has("arrive")) {
            throw t.unknown();
        }
        t.expectOperands(t.has("arrive") ? 2 : 1, 2);
        Source threads = t.count() == 2 ? t.source(1, PtxType.U32) : null;
        return new BarrierOperation(t.source(0, PtxType.U32), threads, t.has("sync"), BarrierOperation.Reduction.NONE, 0,
            PredicateSource.TRUE);
    }

    private static Operation reduction(Translation t) {
        t.expectOperands(3, 4);
        BarrierOperation.Reduction reduction = t.has("popc") ? BarrierOperation.Reduction.COUNT
            : t.has("and") ? BarrierOperation.Reduction.AND : BarrierOperation.Reduction.OR;
        int target = reduction == BarrierOperation.Reduction.COUNT ? t.wordTarget(0) : t.predicateTarget(t.operand(0));
        Source threads = t.count() == 4 ? t.source(2, PtxType.U32) : null;
        return new BarrierOperation(t.source(1, PtxType.U32), threads, true, reduction, target, t.predicate(t.operand(t.count() - 1)));
    }

    private static Operation fence(Translation t) {
        if (t.has("mbarrier_init") || t.has("proxy") || t.has("cluster")) {
            throw t.error("needs sm_90 hardware, and the simulated GPU is an sm_80");
        }
        return new Fence();
    }

    /** A memory fence. The simulated memory is always consistent, so that only observers learn of it. */
    private static final class Fence extends Operation {
        @Override
        void execute(Warp warp, int lanes) {
            if (warp.observer != null) {
                warp.observer.fenced(site, warp.index, lanes);
            }
        }
    }

    /** nanosleep: others may go first. */
    private static final class Yield extends ControlOperation {
        @Override
        void step(Warp warp, Fragment fragment, int lanes) {
            warp.observe(this, lanes);
            fragment.pc++;
            if (lanes != 0) {
                warp.yield();
            }
        }
    }
}
